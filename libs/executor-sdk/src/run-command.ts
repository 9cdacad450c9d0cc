/**
 * How one command is carried out against any executor. What must hold:
 *
 * 1. A command of an older epoch than one already seen, or of a change the executor does not declare, reaches no target.
 * 2. Before a write the target is looked at (classes A to C). What is already so is answered without a write.
 * 3. At most one write call leaves for one run. A lost answer is settled by a look-up, never by a second call.
 * 4. `not-applied` is said only when nothing was written: refused before, refused by the target, or looked at and absent.
 * 5. Class D is never settled by a look-up and never written again: its lost answer is `unknown`, a person's matter.
 * 6. A run that follows a crash (`startedBefore`) counts as a lost answer: look first; only what is absent is written again,
 *    under the same attempt id, and the outcome says that there may be two effects.
 * 7. An outcome is given within the command's deadline, whether or not the executor obeys the signal. After it no new call
 *    to the target begins.
 * 8. Between the look and the write it is asked once more whether this process may still write (`mayWrite`): one that slept in
 *    between may have been replaced by another, which looked and wrote meanwhile.
 * 9. No outcome carries unbounded or non-JSON evidence.
 */
import { limits, NAME_PATTERN, type CommandData, type Outcome } from '@causeway/contracts';
import { within, type Deadline, type StartTimer } from './deadline';
import { boundedEvidence } from './evidence';
import { requestOf, type DeclaredChange, type Evidence, type Executor, type LookUp } from './executor';
import { NotApplied } from './not-applied';

export interface RunDeps {
  /** Wall clock, Unix milliseconds: only for the claim `acceptedAt`. */
  now(): number;
  readonly startTimer: StartTimer;
  /** Highest epoch seen of this sequence (the command's own included). */
  readonly highestEpoch: number;
  /** Whether an earlier run of this very attempt may have reached the target. */
  readonly startedBefore: boolean;
  /** Whether this process still stands for the command: its lease. */
  mayWrite(): boolean;
}

/** Part of the deadline kept for the look-up that settles a lost answer, and its cap in milliseconds. */
const SETTLE_SHARE = 0.25;
const SETTLE_MAX_MS = 10_000;

interface Run {
  readonly executor: Executor;
  readonly command: CommandData;
  readonly declared: DeclaredChange;
  readonly deps: RunDeps;
  readonly actMs: number;
  readonly settleMs: number;
}

/** How far a run came: decides what a failure means. */
interface Progress {
  stage: 'looking' | 'looked' | 'writing';
}

/** Carries out one command. Never throws: whatever happens is an outcome. */
export async function runCommand(executor: Executor, command: CommandData, deps: RunDeps): Promise<Outcome> {
  if (command.epoch < deps.highestEpoch) return staleEpoch(command, deps.highestEpoch);
  const declared = Object.hasOwn(executor.changes, command.change) ? executor.changes[command.change] : undefined;
  if (!declared) return unknownChange(executor, command);
  const settleMs = Math.max(1, Math.min(SETTLE_MAX_MS, Math.floor(command.deadlineMs * SETTLE_SHARE)));
  const run: Run = { executor, command, declared, deps, settleMs, actMs: Math.max(1, command.deadlineMs - settleMs) };
  if (command.verb === 'look-up') return lookUpOnly(run);
  return declared.capability === 'D' ? writeOnce(run) : writeUnlessSo(run);
}

async function writeUnlessSo(run: Run): Promise<Outcome> {
  const progress: Progress = { stage: 'looking' };
  try {
    return await within(run.actMs, run.deps.startTimer, (deadline) => lookThenWrite(run, progress, deadline));
  } catch (error) {
    if (progress.stage === 'looking') return couldNotLook(run, error);
    if (error instanceof NotApplied) return notApplied(error);
    return progress.stage === 'looked' ? tooLateToWrite(error) : settle(run, error);
  }
}

async function lookThenWrite(run: Run, progress: Progress, deadline: Deadline): Promise<Outcome> {
  const seen = await run.executor.lookUp(requestOf(run.command, deadline));
  if (isWanted(run, seen)) return alreadySo(run, seen);
  if (seen.state === 'unknown' && run.deps.startedBefore) {
    return unknown('interrupted before, and the target does not tell what is there', seen.evidence);
  }
  progress.stage = 'looked';
  deadline.throwIfPassed();
  if (!run.deps.mayWrite()) throw leaseOver();
  progress.stage = 'writing';
  return write(run, deadline);
}

/** Class D: nothing to look at. After a crash nobody knows whether the call left. */
async function writeOnce(run: Run): Promise<Outcome> {
  if (run.deps.startedBefore)
    return unknown('interrupted before; this change can be neither read back nor repeated', {});
  try {
    return await within(run.command.deadlineMs, run.deps.startTimer, (deadline) => write(run, deadline));
  } catch (error) {
    return error instanceof NotApplied ? notApplied(error) : unknown(textOf(error), {});
  }
}

async function write(run: Run, deadline: Deadline): Promise<Outcome> {
  const request = requestOf(run.command, deadline);
  const written = await (run.command.verb === 'revert' ? run.executor.revert(request) : run.executor.apply(request));
  return { ...applied(run, written.changed, written.evidence), ...suspicionOf(run, written.changed) };
}

/** Looked at and absent does not say that an earlier run wrote nothing: others may have written over it, or it may come late. */
const suspicionOf = ({ deps }: Run, changed: boolean): { duplicateSuspected?: string } =>
  deps.startedBefore && changed
    ? {
        duplicateSuspected:
          'interrupted before, found absent, written again: the first write may have taken effect too',
      }
    : {};

/** The answer to a write was lost: look what is there. */
async function settle(run: Run, lost: unknown): Promise<Outcome> {
  const reason = textOf(lost);
  let seen: LookUp;
  try {
    seen = await within(run.settleMs, run.deps.startTimer, (deadline) =>
      run.executor.lookUp(requestOf(run.command, deadline)),
    );
  } catch (error) {
    return unknown(`${reason}; the look-up after it: ${textOf(error)}`, {});
  }
  if (isWanted(run, seen)) {
    const changed = seen.byThisAttempt ?? true;
    const found = applied(run, changed, { ...seen.evidence, settledBy: 'look-up', lost: reason });
    return { ...found, ...suspicionOf(run, changed) };
  }
  if (isUntouched(run, seen)) {
    return notApplied(
      new NotApplied({ code: 'lost-and-absent', message: reason, retriable: true, evidence: seen.evidence }),
    );
  }
  return unknown(seen.state === 'partial' ? `${reason}; written in part` : reason, seen.evidence);
}

async function lookUpOnly(run: Run): Promise<Outcome> {
  try {
    const seen = await within(run.command.deadlineMs, run.deps.startTimer, (deadline) =>
      run.executor.lookUp(requestOf(run.command, deadline)),
    );
    if (seen.state !== 'partial') return lookedUp(seen.state, seen.byThisAttempt, seen.evidence);
    // Added to what is bounded already: the mark decides what follows, so it is never cut away.
    const { evidence, ...rest } = lookedUp('absent', seen.byThisAttempt, seen.evidence);
    return { ...rest, evidence: { ...evidence, partial: true } };
  } catch (error) {
    const refused: Evidence = error instanceof NotApplied ? { ...error.evidence, code: error.code } : {};
    return lookedUp('unknown', null, { ...refused, reason: textOf(error) });
  }
}

const isWanted = ({ command }: Run, { state }: LookUp): boolean =>
  state === (command.verb === 'revert' ? 'absent' : 'in-effect');
const isUntouched = ({ command }: Run, { state }: LookUp): boolean =>
  state === (command.verb === 'revert' ? 'in-effect' : 'absent');

/** It is as wanted without a write of this run. After a crash it may well be the earlier run's. */
function alreadySo(run: Run, seen: LookUp): Outcome {
  if (!run.deps.startedBefore) return applied(run, false, seen.evidence);
  return applied(run, seen.byThisAttempt ?? true, { ...seen.evidence, settledBy: 'look-up' });
}

/** The look before the write failed: nothing was written by this run, so only an earlier run leaves a doubt. */
function couldNotLook(run: Run, error: unknown): Outcome {
  if (run.deps.startedBefore) return unknown(`interrupted before, and the look-up failed: ${textOf(error)}`, {});
  if (error instanceof NotApplied) return notApplied(error);
  return notApplied(new NotApplied({ code: 'look-up-failed', message: textOf(error), retriable: true }));
}

const leaseOver = (): NotApplied =>
  new NotApplied({
    code: 'lease-over',
    message: 'the lease ran out between the look and the write: nothing was written',
    retriable: true,
  });

const tooLateToWrite = (error: unknown): Outcome =>
  notApplied(new NotApplied({ code: 'deadline-before-write', message: textOf(error), retriable: true }));

const applied = (run: Run, changed: boolean, evidence: Evidence): Outcome => ({
  kind: 'applied',
  changed,
  acceptedAt: new Date(run.deps.now()).toISOString(),
  evidence: boundedEvidence(evidence),
});

const notApplied = (error: NotApplied): Outcome => ({
  kind: 'not-applied',
  code: NAME_PATTERN.test(error.code) ? error.code : 'refused-by-target',
  message: error.message.slice(0, limits.text),
  retriable: error.retriable,
  evidence: boundedEvidence(error.evidence),
});

const unknown = (reason: string, evidence: Evidence): Outcome => ({
  kind: 'unknown',
  reason: reason.slice(0, limits.text),
  evidence: boundedEvidence(evidence),
});

const lookedUp = (
  state: 'in-effect' | 'absent' | 'unknown',
  byThisAttempt: boolean | null,
  evidence: Evidence,
): Extract<Outcome, { kind: 'looked-up' }> => ({
  kind: 'looked-up',
  state,
  byThisAttempt,
  evidence: boundedEvidence(evidence),
});

const staleEpoch = (command: CommandData, highest: number): Outcome => ({
  kind: 'refused',
  code: 'stale-epoch',
  message: `epoch ${command.epoch} is over: epoch ${highest} of this sequence was seen already`,
});

const unknownChange = (executor: Executor, command: CommandData): Outcome => ({
  kind: 'refused',
  code: 'unknown-change',
  message: `${executor.kind} executor ${executor.version} has no change ${command.change}; it has ${Object.keys(executor.changes).join(', ')}`,
});

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

import { RECORD_TYPE, RESULT_TYPE, type Result } from '@causeway/contracts';
import type { WorldEntry } from '../world/journal';
import type { Evidence } from './evidence';
import { hasLied } from './order';
import { plannedSteps, stepOfAttempt } from './plan-of';
import { isSettledAsApplied } from './settlements';
import { violation, type Violation } from './violation';

type Write = Extract<WorldEntry, { kind: 'write' }>;

/** Records that say: it may have happened, or it was found not to have happened. Behind any of them a second effect is no surprise. */
const DOUBTS = new Set(['found-absent', 'lost-and-absent']);

/** I6: a step has one effect in the world, or the ledger tells the doubt, at the latest with what became of the attempt. */
export function* effectsAreSingle(evidence: Evidence): Iterable<Violation> {
  for (const [name, writes] of writesByStep(evidence.journal)) {
    const effects = writes.filter(({ changed }) => changed);
    if (effects.length < 2 || isDoubtTold(evidence, name) || !isAnswered(evidence, effects.at(-1) as Write)) continue;
    yield violation(
      'I6',
      `${name} took effect ${effects.length} times (${effects.map((one) => one.attemptId).join(', ')})`,
    );
  }
}

/** I6, the other half: a write is repeated only after a look that came after the one before had left. Class D has none. */
export function* noBlindWrite({ journal }: Evidence): Iterable<Violation> {
  for (const [name, writes] of writesByStep(journal)) {
    const sent = [...writes].sort((a, b) => a.sentAt - b.sentAt);
    for (const [i, write] of sent.entries()) {
      const before = sent[i - 1];
      if (!before) continue;
      if (write.capability === 'D' && write.attemptId === before.attemptId)
        yield violation('I6', `${name}, of class D, was written twice in one attempt`);
      const looked = journal.some(
        (one) =>
          one.kind === 'looked-up' &&
          one.at >= before.sentAt &&
          one.at <= write.sentAt &&
          isOfStep(one.attemptId, name),
      );
      if (!looked && write.capability !== 'D')
        yield violation('I6', `${name} was written again without a look in between`);
    }
  }
}

const isOfStep = (attemptId: string, name: string): boolean => attemptId.startsWith(`${name}/`);

function writesByStep(journal: readonly WorldEntry[]): Map<string, Write[]> {
  const found = new Map<string, Write[]>();
  for (const entry of journal) {
    if (entry.kind !== 'write' || entry.attemptId === null) continue;
    const { sequenceId, step } = stepOfAttempt(entry.attemptId);
    const name = `${sequenceId}/${step}`;
    found.set(name, [...(found.get(name) ?? []), entry]);
  }
  return found;
}

/** A run may end before the answer is in the ledger, and the doubt comes with it. */
function isAnswered({ told }: Evidence, { attemptId }: Write): boolean {
  const { sequenceId, step, attempt } = stepOfAttempt(attemptId as string);
  return (told.get(sequenceId) ?? []).some(
    ({ fact }) =>
      (fact.kind === 'step-applied' || fact.kind === 'step-not-applied') &&
      fact.step === step &&
      fact.attempt >= attempt,
  );
}

function isDoubtTold({ told }: Evidence, name: string): boolean {
  const [sequenceId = '', step] = name.split('/');
  return (told.get(sequenceId) ?? []).some(
    ({ fact }) =>
      'step' in fact &&
      fact.step === step &&
      (fact.kind === 'outcome-unknown' ||
        fact.kind === 'duplicate-suspected' ||
        (fact.kind === 'step-not-applied' && DOUBTS.has(fact.code))),
  );
}

/** W3: what the ledger calls applied was written in the world (or the target lied, or somebody else had done it, or a person says so). */
export function* appliedIsTrue(evidence: Evidence): Iterable<Violation> {
  for (const [sequenceId, facts] of evidence.told) {
    const steps = plannedSteps(evidence, sequenceId);
    for (const { fact } of facts) {
      if (fact.kind !== 'step-applied') continue;
      const step = steps.find(({ id }) => id === fact.step);
      if (!step || hasLied(step.target, Infinity, evidence.journal)) continue;
      if (isSettledAsApplied(facts, fact.step)) continue;
      const written = evidence.journal.some(
        (one) =>
          one.kind === 'write' &&
          one.target === step.target &&
          one.resource === step.resource &&
          one.value === step.value,
      );
      if (!written) yield violation('W3', `${step.id} is called applied and was never written`);
    }
  }
}

/** W5: an input of a sequence is decided on once, however often it comes. */
export function* inputsAreDecidedOnce({ lines }: Evidence): Iterable<Violation> {
  const decided = new Set<string>();
  for (const { message } of lines) {
    if (message.type !== RECORD_TYPE) continue;
    for (const cause of message.causationIds) {
      const name = `${cause} by ${message.data.sequenceId}`;
      if (decided.has(name)) yield violation('W5', `input ${name} was decided on twice`);
      decided.add(name);
    }
  }
}

/** By who does not answer for the target, or about no command that was ever sent: see what makes mischief. */
const isForged = ({ source, data }: Result): boolean =>
  source !== `/executor-${data.target}` || data.commandDigest === 'e'.repeat(64);

/** W4: a command of an attempt is answered once; only look-ups of their own command ids come besides. */
export function* commandsAreAnsweredOnce({ lines }: Evidence): Iterable<Violation> {
  const answered = new Map<string, string>();
  for (const { message } of lines) {
    if (message.type !== RESULT_TYPE || isForged(message)) continue;
    const command = `${message.causationIds[0]} of ${message.source}`;
    if (answered.has(command)) yield violation('W4', `command ${command} was answered twice`);
    answered.set(command, message.id);
  }
}

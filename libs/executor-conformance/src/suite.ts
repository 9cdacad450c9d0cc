/**
 * Whether an executor keeps the contract of executor-sdk, asked of the real target. What each case shows:
 *
 * 1. declared classes and histories are of the language
 * 2. a look-up sees what is there and never writes
 * 3. the same attempt again writes nothing: the target's own history says so
 * 4. apply, revert, apply lead back and forth, and each is a no-op where it is so already
 * 5. a fired signal ends every call soon, and a call that begins after it writes nothing
 * 6. unknown changes and bad parameters are refused before anything is written
 * 7. evidence is plain JSON within its limits; no credential comes out
 * 8. what is written is never called not applied, whatever comes after the write
 */
import { changeName, type CommandData, type Outcome } from '@causeway/contracts';
import { runCommand, type ChangeRequest, type Executor, type LookUp, type Written } from '@causeway/executor-sdk';
import { must, mustBePlainAndBounded, mustBeRefused, mustHoldNoSecret, rejectionOf } from './expectations';
import { requestFor, type ConformanceCase, type ConformanceFixture, type Sample } from './fixture';

/** Refused by every executor: nothing, wrong types, and a field nobody declared. */
const NEVER_GOOD: readonly ChangeRequest['with'][] = [{}, { undeclared: true }];
/** A call whose signal fires must end within, milliseconds. */
const ENDS_WITHIN_MS = 1_500;

export function conformanceCases(fixture: ConformanceFixture): ConformanceCase[] {
  return [
    { name: 'declares its changes in the words of the language', run: () => declares(fixture) },
    { name: 'a look-up sees a change come and go, and writes nothing', run: () => looksUp(fixture) },
    { name: 'the same attempt applied again writes nothing', run: () => repeats(fixture) },
    {
      name: 'apply, revert, apply: each leads there, each is a no-op where it is so',
      run: () => backAndForth(fixture),
    },
    { name: 'a call that begins after the deadline writes nothing', run: () => beginsTooLate(fixture) },
    { name: 'a call under way ends soon after the deadline', run: () => endsInTime(fixture) },
    { name: 'a write that cannot be read again is not called not applied', run: () => admitsItsWrite(fixture) },
    { name: 'an unknown change reaches no target', run: () => refusesUnknownChange(fixture) },
    { name: 'bad parameters are refused before anything is written', run: () => refusesBadParameters(fixture) },
  ];
}

async function declares({ executor }: ConformanceFixture): Promise<void> {
  must(executor.kind.length > 0 && executor.version.length > 0, 'kind and version are given');
  must(['ordered-ids', 'timestamped-log', 'snapshot-only'].includes(executor.history), 'history is one of the three');
  const changes = Object.entries(executor.changes);
  must(changes.length > 0, 'at least one change is declared');
  for (const [name, { capability, checksEpoch }] of changes) {
    must(changeName.safeParse(name).success, `${name} is a change name with its version`);
    must(['A', 'B', 'C', 'D'].includes(capability), `${name} declares a capability class`);
    must(typeof checksEpoch === 'boolean', `${name} declares whether the target checks epochs`);
  }
}

async function looksUp(fixture: ConformanceFixture): Promise<void> {
  const sample = await fixture.sample();
  const before = await fixture.writes(sample);
  await mustSee(fixture, sample, 'absent');
  must((await fixture.writes(sample)) === before, 'a look-up writes nothing');
  await apply(fixture, sample);
  const after = await fixture.writes(sample);
  must(after > before, 'the target has the write in its own history');
  await mustSee(fixture, sample, 'in-effect');
  must((await fixture.writes(sample)) === after, 'a look-up writes nothing');
}

async function repeats(fixture: ConformanceFixture): Promise<void> {
  const sample = await fixture.sample();
  const request = requestFor(sample);
  must((await written(fixture, fixture.executor.apply(request))).changed, 'the first apply changes');
  const once = await fixture.writes(sample);
  must(
    !(await written(fixture, fixture.executor.apply(request))).changed,
    'the second apply says that it changed nothing',
  );
  must((await fixture.writes(sample)) === once, "the second apply leaves no write in the target's own history");
  const { byThisAttempt } = await fixture.executor.lookUp(request);
  must(byThisAttempt !== false, 'a look-up does not deny its own attempt');
  const stranger = await fixture.executor.lookUp(requestFor(sample));
  must(stranger.byThisAttempt !== true, "a look-up does not claim another attempt's change");
}

async function backAndForth(fixture: ConformanceFixture): Promise<void> {
  const sample = await fixture.sample();
  const request = requestFor(sample);
  await written(fixture, fixture.executor.apply(request));
  must((await written(fixture, fixture.executor.revert(request))).changed, 'the revert changes');
  await mustSee(fixture, sample, 'absent');
  const reverted = await fixture.writes(sample);
  must(!(await written(fixture, fixture.executor.revert(request))).changed, 'the second revert changes nothing');
  must((await fixture.writes(sample)) === reverted, 'the second revert writes nothing');
  must((await apply(fixture, sample)).changed, 'the apply after the revert changes');
  await mustSee(fixture, sample, 'in-effect');
}

async function beginsTooLate(fixture: ConformanceFixture): Promise<void> {
  const sample = await fixture.sample();
  const before = await fixture.writes(sample);
  const late = requestFor(sample, AbortSignal.abort(new Error('too late')));
  for (const verb of ['lookUp', 'apply', 'revert'] as const) {
    const error = await rejectionOf(fixture.executor[verb](late), `${verb} after the deadline is rejected`);
    mustHoldNoSecret(error, fixture.secrets);
  }
  must((await fixture.writes(sample)) === before, 'nothing is written after the deadline');
  await mustSee(fixture, sample, 'absent');
}

async function endsInTime(fixture: ConformanceFixture): Promise<void> {
  const sample = await fixture.sample();
  for (const afterMs of [0, 2, 8]) {
    const abort = new AbortController();
    const request = requestFor(sample, abort.signal);
    const ended = fixture.executor.apply(request).catch((error: Error) => error);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    abort.abort(new Error('deadline'));
    const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), ENDS_WITHIN_MS).unref());
    must((await Promise.race([ended, late])) !== 'late', `a call ends within ${ENDS_WITHIN_MS} ms of its signal`);
  }
}

async function admitsItsWrite(fixture: ConformanceFixture): Promise<void> {
  for (const how of ['refused', 'unreachable'] as const) {
    const sample = await fixture.sample();
    const before = await fixture.writes(sample);
    const outcome = await commanded(await fixture.cutOffAfterWrite(how), sample);
    must((await fixture.writes(sample)) > before, `the target took the write before it was ${how}`);
    must(outcome.kind !== 'not-applied', `a target that is ${how} after the write leaves it unknown`);
    mustHoldNoSecret(outcome, fixture.secrets);
  }
}

async function refusesUnknownChange(fixture: ConformanceFixture): Promise<void> {
  const sample = await fixture.sample();
  const before = await fixture.writes(sample);
  const outcome = await commanded(fixture.executor, { ...sample, change: 'no-such-change@v1' });
  must(outcome.kind === 'refused' && outcome.code === 'unknown-change', 'an unknown change is refused');
  must((await fixture.writes(sample)) === before, 'an unknown change writes nothing');
}

async function refusesBadParameters(fixture: ConformanceFixture): Promise<void> {
  const sample = await fixture.sample();
  const before = await fixture.writes(sample);
  const undeclared = { ...sample.with, undeclared: true };
  for (const bad of [...NEVER_GOOD, undeclared, ...fixture.badParameters]) {
    for (const verb of ['lookUp', 'apply', 'revert'] as const) {
      const asked = `${verb} with ${JSON.stringify(bad).slice(0, 120)} is refused`;
      const refusal = await mustBeRefused(fixture.executor[verb](requestFor({ ...sample, with: bad })), asked);
      mustBePlainAndBounded(refusal.evidence);
      mustHoldNoSecret(refusal, fixture.secrets);
    }
  }
  must((await fixture.writes(sample)) === before, 'nothing is written for bad parameters');
}

const apply = (fixture: ConformanceFixture, sample: Sample): Promise<Written> =>
  written(fixture, fixture.executor.apply(requestFor(sample)));

async function written({ secrets }: ConformanceFixture, work: Promise<Written>): Promise<Written> {
  const result = await work;
  mustBePlainAndBounded(result.evidence);
  mustHoldNoSecret(result, secrets);
  return result;
}

async function mustSee(fixture: ConformanceFixture, sample: Sample, state: LookUp['state']): Promise<void> {
  const seen = await fixture.executor.lookUp(requestFor(sample));
  mustBePlainAndBounded(seen.evidence);
  mustHoldNoSecret(seen, fixture.secrets);
  must(seen.state === state, `a look-up sees ${state}, it saw ${seen.state}`);
}

const commanded = (executor: Executor, sample: Sample): Promise<Outcome> =>
  runCommand(executor, commandOf(sample), {
    now: Date.now,
    startTimer: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    highestEpoch: 1,
    startedBefore: false,
    mayWrite: () => true,
  });

const commandOf = (sample: Sample): CommandData => {
  const { sequenceId, step, attempt, epoch } = requestFor(sample);
  return {
    ...{ sequenceId, step, attempt, epoch, target: sample.target, change: sample.change },
    verb: 'apply',
    with: { ...sample.with },
    scopes: [...sample.scopes],
    planDigest: '0'.repeat(64),
    deadlineMs: 10_000,
  };
};

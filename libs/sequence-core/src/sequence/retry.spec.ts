import { examplePlan, exampleTarget, kindsOf, SequenceStory } from '@causeway/testkit';
import fc from 'fast-check';
import { nextLookMs, replay } from '../index';

const targets = new Map([
  ['idp', exampleTarget('idp', { global: ['realm'] })],
  ['edge', exampleTarget('edge', { global: ['gw'] })],
]);
const BUSY = {
  kind: 'not-applied' as const,
  code: 'busy',
  message: 'the realm is locked',
  retriable: true,
  evidence: {},
};
const FOR_GOOD = { ...BUSY, retriable: false };

function begun(onFailure?: object): SequenceStory {
  const story = new SequenceStory(targets);
  story.intent(
    examplePlan({ roles: { target: 'idp', ...(onFailure && { onFailure }) }, gateway: { target: 'edge' } }, [
      'us-east',
    ]),
  );
  return story;
}
const attempts = (story: SequenceStory): number[] =>
  story.orders.flatMap((order) => (order.kind === 'command' && order.data.verb === 'apply' ? order.data.attempt : []));
const POLICY = { attempts: 4, pause: '10s', factor: 3, longestPause: '1m', then: 'hold' };

describe('a step that was not applied', () => {
  it('is tried again as its plan says, each time under a number of its own, and the pauses grow up to the longest', () => {
    const story = begun(POLICY);
    for (const [pauseMs, attempt] of [
      [10_000, 2],
      [30_000, 3],
      [60_000, 4],
    ] as const) {
      const [fact] = story.result('roles', BUSY);
      expect(fact).toMatchObject({ kind: 'step-not-applied', final: false });
      expect(Date.parse((fact as { retryAt: string }).retryAt) - Date.parse(story.at)).toBe(pauseMs);
      expect(story.after(pauseMs - 1)).toEqual([]);
      expect(kindsOf(story.after(1))).toEqual(['step-commanded roles']);
      expect(attempts(story).at(-1)).toBe(attempt);
    }
    expect(replay(story.facts)).toEqual(story.state);
  });

  it('is looked at when its time comes, not all the while before', () => {
    const story = begun(POLICY);
    const [fact] = story.result('roles', BUSY);
    expect(nextLookMs(story.state, Date.parse(story.at))).toBe(Date.parse((fact as { retryAt: string }).retryAt));
  });

  it('holds the sequence for an operator when nothing more is tried; who resumes grants all attempts anew', () => {
    const story = begun({ ...POLICY, attempts: 2 });
    story.result('roles', BUSY);
    story.after(10_000);
    const facts = story.result('roles', BUSY);
    expect(kindsOf(facts)).toEqual(['step-not-applied roles', 'gate-held gateway']);
    expect(facts[0]).toMatchObject({ final: false, retryAt: null });
    expect(facts[1]).toMatchObject({
      because: [
        { step: 'roles', reason: 'stopped', detail: 'step roles was not applied at attempt 2: the realm is locked' },
      ],
    });
    expect(story.after(3_600_000)).toEqual([]);
    expect(nextLookMs(story.state, Date.parse(story.at))).toBeNull();
    expect(kindsOf(story.decision('resume'))).toEqual(['sequence-resumed']);
    expect(kindsOf(story.after(1_000))).toEqual(['step-commanded roles']);
    story.result('roles', BUSY);
    expect(kindsOf(story.after(10_000))).toEqual(['step-commanded roles']);
    expect(attempts(story)).toEqual([1, 2, 3, 4]);
    expect(kindsOf(story.result('roles', BUSY))).toEqual(['step-not-applied roles', 'gate-held gateway']);
    expect(kindsOf(story.decision('abort'))).toEqual(['sequence-aborted', 'sequence-ended']);
    expect(replay(story.facts)).toEqual(story.state);
  });

  it.each([
    ['stop', { do: 'stop' }, BUSY],
    ['stop and hold', { do: 'stop', then: 'hold' }, BUSY],
    ['retry, but its executor says that it is for good', { attempts: 5, then: 'hold' }, FOR_GOOD],
  ])('is not tried again: %s', (_what, policy, outcome) => {
    const story = begun(policy);
    const ends = kindsOf(story.result('roles', outcome)).includes('sequence-ended');
    expect(ends).toBe(!('then' in policy));
    story.after(3_600_000);
    expect(attempts(story)).toEqual([1]);
  });

  it('is tried three times where the plan says nothing, then the sequence has failed', () => {
    const story = begun();
    story.result('roles', BUSY);
    expect(kindsOf(story.after(2_000))).toEqual(['step-commanded roles']);
    story.result('roles', BUSY);
    expect(kindsOf([...story.after(3_999), ...story.after(1)])).toEqual(['step-commanded roles']);
    expect(kindsOf(story.result('roles', BUSY))).toEqual(['step-not-applied roles', 'sequence-ended']);
  });
});

describe('an attempt that is found in part', () => {
  const LOST = { kind: 'unknown' as const, reason: 'lost; written in part', evidence: {} };
  const lookedUp = (evidence: { partial?: true }) => ({
    ...{ kind: 'looked-up' as const, state: 'absent' as const, byThisAttempt: null, evidence },
  });
  function foundInPart(story: SequenceStory) {
    story.result('roles', LOST);
    return story.result('roles', lookedUp({ partial: true }));
  }

  it('is called so and tried again, and after the last attempt waits for an operator though the plan says fail', () => {
    const story = begun({ attempts: 2, pause: '10s', then: 'fail' });
    expect(foundInPart(story)).toMatchObject([{ kind: 'step-not-applied', code: 'found-in-part', final: false }]);
    expect(kindsOf(story.after(10_000))).toEqual(['step-commanded roles']);
    const facts = foundInPart(story);
    expect(facts).toMatchObject([
      { kind: 'step-not-applied', code: 'found-in-part', final: false, retryAt: null },
      { kind: 'gate-held', because: [{ reason: 'stopped', detail: expect.stringContaining('in part') }] },
    ]);
    expect(facts[0]).toHaveProperty('message', expect.stringContaining('in part'));
    expect(story.after(3_600_000)).toEqual([]);
    expect(kindsOf(story.decision('resume'))).toEqual(['sequence-resumed']);
    expect(kindsOf(story.after(1_000))).toEqual(['step-commanded roles']);
    expect(replay(story.facts)).toEqual(story.state);
  });

  it('is not ended by a later refusal for good either: the part still stands', () => {
    const story = begun({ attempts: 3, pause: '10s', then: 'fail' });
    foundInPart(story);
    story.after(10_000);
    const facts = story.result('roles', FOR_GOOD);
    expect(kindsOf(facts)).toEqual(['step-not-applied roles', 'gate-held gateway']);
    expect(replay(story.facts)).toEqual(story.state);
  });

  it('ends as the plan says once nothing of it is there any more, or an operator aborts', () => {
    const gone = begun({ attempts: 2, pause: '10s', then: 'fail' });
    foundInPart(gone);
    gone.after(10_000);
    gone.result('roles', LOST);
    expect(kindsOf(gone.result('roles', lookedUp({})))).toEqual(['step-not-applied roles', 'sequence-ended']);
    const aborted = begun({ attempts: 1, then: 'fail' });
    aborted.result('roles', LOST);
    aborted.decision('abort');
    const facts = aborted.result('roles', lookedUp({ partial: true }));
    expect(kindsOf(facts)).toEqual(['step-not-applied roles', 'sequence-ended']);
    expect(facts[0]).toMatchObject({ code: 'found-in-part' });
  });
});

describe('an unknown outcome', () => {
  it('is never tried again before it is settled, whatever the policy says', () => {
    const story = begun({ ...POLICY, attempts: 100, pause: '1ms' });
    story.result('roles', { kind: 'unknown', reason: 'lost', evidence: {} });
    story.after(3_600_000);
    story.result('roles', { kind: 'looked-up', state: 'unknown', byThisAttempt: null, evidence: {} });
    story.after(3_600_000);
    expect(attempts(story)).toEqual([1]);
    story.result('roles', { kind: 'looked-up', state: 'absent', byThisAttempt: null, evidence: {} });
    story.after(1_000);
    expect(attempts(story)).toEqual([1, 2]);
  });

  it('and any other answer never lead to more attempts than the policy allows, nor to two at once', () => {
    const answer = fc.constantFrom(
      BUSY,
      { kind: 'unknown' as const, reason: 'lost', evidence: {} },
      { kind: 'looked-up' as const, state: 'absent' as const, byThisAttempt: null, evidence: {} },
      { kind: 'looked-up' as const, state: 'absent' as const, byThisAttempt: null, evidence: { partial: true } },
      { kind: 'looked-up' as const, state: 'unknown' as const, byThisAttempt: null, evidence: {} },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(answer, { maxLength: 25 }), (most, answers) => {
        const story = begun({ attempts: most, pause: '1s', factor: 1, then: 'hold' });
        for (const outcome of answers) {
          story.result('roles', outcome);
          story.after(6_000);
        }
        const numbers = attempts(story);
        expect(numbers).toEqual(numbers.map((_, i) => i + 1));
        expect(numbers.length).toBeLessThanOrEqual(most);
        const known = story.facts.filter(({ kind }) => kind === 'step-not-applied').length;
        expect(numbers.length - known).toBeLessThanOrEqual(1);
      }),
    );
  });
});

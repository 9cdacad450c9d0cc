import { examplePlan, exampleTarget, kindsOf, SequenceStory } from '@causeway/testkit';

const idp = exampleTarget('idp', { global: ['realm'] });
const { 'set@v1': readable } = idp.spec.changes;
/** Its change can neither be read back nor repeated: class D. */
const mail = exampleTarget('idp', { global: ['realm'] }, { changes: { 'set@v1': { ...readable!, capability: 'D' } } });

const STEPS = { roles: { target: 'idp' }, gateway: { target: 'edge' } };
const LOST = { kind: 'unknown', reason: 'the connection was reset', evidence: {} } as const;

function unknown(first = mail): SequenceStory {
  const story = new SequenceStory(
    new Map([
      ['idp', first],
      ['edge', exampleTarget('edge', { global: ['gw'] })],
    ]),
  );
  story.intent(examplePlan(STEPS, ['us-east']));
  story.result('roles', LOST);
  return story;
}

describe('settle', () => {
  it('as applied: the sequence goes on as after any step, and cites the decision', () => {
    const story = unknown();
    const facts = story.settlement('roles', true);
    expect(kindsOf(facts)).toEqual(['step-settled roles', 'step-applied roles', 'probe-requested roles']);
    expect(facts[0]).toMatchObject({ applied: true, by: 'operator', reason: 'as agreed', attempt: 1 });
    expect(facts[1]).toMatchObject({ result: 'e'.repeat(64), changed: true, settledByLookUp: false });
    story.reading('roles', { 'global/realm': { value: 'new' } });
    expect(story.state).toMatchObject({ steps: { gateway: { phase: 'commanded' } } });
  });

  it('as not applied: it is ordered again after the usual pause, as the next attempt', () => {
    const story = unknown();
    const facts = story.settlement('roles', false);
    expect(kindsOf(facts)).toEqual(['step-settled roles', 'step-not-applied roles']);
    expect(facts[1]).toMatchObject({ code: 'settled-as-not-applied', final: false, message: 'operator: as agreed' });
    expect(story.after(2_000)).toMatchObject([{ kind: 'step-commanded', verb: 'apply', attempt: 2 }]);
  });

  it('comes before a look-up that cannot tell, whose late answer is then not awaited', () => {
    const story = unknown(idp);
    expect(kindsOf(story.settlement('roles', true)).slice(0, 2)).toEqual(['step-settled roles', 'step-applied roles']);
    const late = story.result('roles', { kind: 'looked-up', state: 'absent', byThisAttempt: false, evidence: {} });
    expect(late).toMatchObject([{ kind: 'input-refused', code: 'not-awaited' }]);
  });

  it('lets an aborted sequence end', () => {
    const story = unknown(idp);
    story.decision('abort');
    expect(kindsOf(story.settlement('roles', false))).toEqual([
      ...['step-settled roles', 'step-not-applied roles', 'sequence-ended'],
    ]);
  });

  it.each([
    ['what is known', (story: SequenceStory) => story.settlement('gateway', true), 'not-unknown'],
    ['a step that is not there', (story: SequenceStory) => story.settlement('nothing', true), 'unknown-step'],
    [
      'an attempt that is not the unknown one',
      (story: SequenceStory) => story.settlement('roles', false, 2),
      'other-attempt',
    ],
    ['a name of every object', (story: SequenceStory) => story.settlement('constructor', true), 'unknown-step'],
  ])('is refused for %s', (_, decided, code) => {
    const story = unknown();
    const before = story.state;
    expect(decided(story)).toMatchObject([{ kind: 'input-refused', type: 'decision', code }]);
    expect({ ...story.state, version: 0 }).toEqual({ ...before, version: 0 });
  });

  it('of one attempt says nothing of the next', () => {
    const story = unknown();
    story.settlement('roles', false, 1);
    story.after(2_000);
    story.result('roles', LOST);
    expect(story.settlement('roles', false, 1)).toMatchObject([{ kind: 'input-refused', code: 'other-attempt' }]);
    expect(kindsOf(story.settlement('roles', true, 2))[0]).toBe('step-settled roles');
  });

  it('is refused a second time', () => {
    const story = unknown();
    story.settlement('roles', true);
    expect(story.settlement('roles', false)).toMatchObject([{ kind: 'input-refused', code: 'not-unknown' }]);
  });
});

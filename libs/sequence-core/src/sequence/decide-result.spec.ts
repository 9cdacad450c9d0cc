import { examplePlan, exampleTarget, kindsOf, SequenceStory } from '@causeway/testkit';

const targets = new Map([['idp', exampleTarget('idp', { global: ['realm'] })]]);
const PLAN = examplePlan({ roles: { target: 'idp' } }, ['us-east']);

const begun = (): SequenceStory => {
  const story = new SequenceStory(targets);
  story.intent(PLAN);
  return story;
};

describe('results', () => {
  it.each([
    ['another principal', { principal: 'executor-other' }],
    ['no cause', { causationIds: [] }],
  ])('with %s change nothing and are recorded', (_name, more) => {
    const story = begun();
    const facts = story.result('roles', { kind: 'applied', changed: true, acceptedAt: story.at, evidence: {} }, more);
    expect(kindsOf(facts)).toEqual(['input-refused']);
    expect(story.state).toMatchObject({ steps: { roles: { phase: 'commanded' } } });
  });

  it('that come a second time change nothing', () => {
    const story = begun();
    story.applied('roles');
    expect(kindsOf(story.applied('roles'))).toEqual(['input-refused']);
  });

  it('unknown are settled by a look-up, never by a second apply', () => {
    const story = begun();
    expect(kindsOf(story.result('roles', { kind: 'unknown', reason: 'the answer was lost', evidence: {} }))).toEqual([
      'outcome-unknown roles',
      'step-commanded roles',
    ]);
    expect(story.command('roles').data).toMatchObject({ verb: 'look-up', attempt: 1 });
    const facts = story.result('roles', { kind: 'looked-up', state: 'in-effect', byThisAttempt: true, evidence: {} });
    expect(facts[0]).toMatchObject({ kind: 'step-applied', settledByLookUp: true });
  });

  it('unknown and still unknown are looked up again later', () => {
    const story = begun();
    story.result('roles', { kind: 'unknown', reason: 'lost', evidence: {} });
    story.result('roles', { kind: 'looked-up', state: 'unknown', byThisAttempt: null, evidence: {} });
    expect(story.after(1_000)).toEqual([]);
    expect(kindsOf(story.after(5_000))).toEqual(['step-commanded roles']);
    expect(story.command('roles').data.verb).toBe('look-up');
  });

  it('unknown at a target that cannot be read back wait for a person', () => {
    const blind = exampleTarget('idp', { global: ['realm'] });
    const change = { ...blind.spec.changes['set@v1'], capability: 'D' as const } as (typeof blind.spec.changes)[string];
    const story = new SequenceStory(
      new Map([['idp', { ...blind, spec: { ...blind.spec, changes: { 'set@v1': change } } }]]),
    );
    story.intent(examplePlan({ roles: { target: 'idp' } }, ['us-east']));
    expect(kindsOf(story.result('roles', { kind: 'unknown', reason: 'lost', evidence: {} }))).toEqual([
      'outcome-unknown roles',
    ]);
    expect(story.after(600_000)).toEqual([]);
  });

  it('not applied are tried again as a new attempt, and end the sequence after the last', () => {
    const story = begun();
    const no = { kind: 'not-applied', code: 'busy', message: 'locked', retriable: true, evidence: {} } as const;
    for (const attempt of [2, 3]) {
      story.result('roles', no);
      story.after(10_000);
      expect(story.command('roles').data.attempt).toBe(attempt);
    }
    expect(kindsOf(story.result('roles', no))).toEqual(['step-not-applied roles', 'sequence-ended']);
    expect(story.state).toMatchObject({ outcome: 'failed' });
  });
});

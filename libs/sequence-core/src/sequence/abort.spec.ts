import { examplePlan, exampleTarget, kindsOf, SequenceStory } from '@causeway/testkit';

const targets = new Map([
  ['idp', exampleTarget('idp', { global: ['realm'] })],
  ['edge', exampleTarget('edge', { global: ['gw'] })],
]);
const STEPS = { roles: { target: 'idp' }, gateway: { target: 'edge' } };

const begun = (more: Parameters<typeof examplePlan>[2] = {}): SequenceStory => {
  const story = new SequenceStory(targets);
  story.intent(examplePlan(STEPS, ['us-east'], more));
  return story;
};

describe('abort', () => {
  it('ends at once what has nothing under way, and takes no more decisions', () => {
    const story = begun({ start: 'on-resume' });
    expect(kindsOf(story.decision('abort'))).toEqual(['sequence-aborted', 'sequence-ended']);
    expect(story.state).toMatchObject({ status: 'ended', outcome: 'aborted' });
    expect(story.decision('abort')).toMatchObject([{ kind: 'input-refused', code: 'already-ended' }]);
  });

  it('waits for what is commanded, and commands nothing after it', () => {
    const story = begun();
    expect(kindsOf(story.decision('abort'))).toEqual(['sequence-aborted']);
    expect(story.decision('abort')).toMatchObject([{ kind: 'input-refused', code: 'already-aborting' }]);
    expect(kindsOf(story.applied('roles'))).toEqual(['step-applied roles', 'sequence-ended']);
    expect(story.orders).toHaveLength(1);
  });

  it('waits for an outcome that is not known, and does not try again what was not applied', () => {
    const story = begun();
    story.result('roles', { kind: 'unknown', reason: 'lost', evidence: {} });
    story.decision('abort');
    expect(story.state.status).toBe('open');
    const facts = story.result('roles', { kind: 'looked-up', state: 'absent', byThisAttempt: false, evidence: {} });
    expect(kindsOf(facts)).toEqual(['step-not-applied roles', 'sequence-ended']);
    expect(story.state).toMatchObject({ outcome: 'aborted' });
  });

  it('does not wait for an outcome that can never be known', () => {
    const { 'set@v1': readable } = exampleTarget('idp', { global: ['realm'] }).spec.changes;
    const blind = exampleTarget(
      'idp',
      { global: ['realm'] },
      { changes: { 'set@v1': { ...readable!, capability: 'D' } } },
    );
    const story = new SequenceStory(new Map([...targets, ['idp', blind]]));
    story.intent(examplePlan(STEPS, ['us-east']));
    story.result('roles', { kind: 'unknown', reason: 'lost', evidence: {} });
    expect(kindsOf(story.decision('abort'))).toEqual(['sequence-aborted', 'sequence-ended']);
  });

  it('does not wait for a step that is applied and not shown', () => {
    const story = begun();
    story.applied('roles');
    expect(kindsOf(story.decision('abort'))).toEqual(['sequence-aborted', 'sequence-ended']);
  });

  it('refuses what comes late, as after any end', () => {
    const story = begun({ start: 'on-resume' });
    story.decision('resume');
    story.decision('abort');
    story.applied('roles');
    expect(story.applied('roles')).toMatchObject([{ kind: 'input-refused', code: 'not-awaited' }]);
  });
});

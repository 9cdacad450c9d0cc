import { examplePlan, exampleTarget, SequenceStory } from '@causeway/testkit';

const look = { kind: 'http' as const, at: { global: { gw: { url: 'http://gateway/' } } } };
const targets = new Map([
  ['idp', exampleTarget('idp', { global: ['realm'] })],
  ['edge', exampleTarget('edge', { global: ['gw'] }, { probes: { look } })],
]);
const STEPS = { roles: { target: 'idp' }, gateway: { target: 'edge' } };
const watches = (story: SequenceStory) => story.orders.filter(({ kind }) => kind !== 'command' && kind !== 'probe');
const told = (steps: Parameters<typeof examplePlan>[0], mode: 'apply' | 'preview' = 'apply'): SequenceStory => {
  const story = new SequenceStory(targets);
  story.intent(examplePlan(steps, ['us-east']), { mode });
  return story;
};

describe('the watch of a sequence', () => {
  it('is ordered with the acceptance that names it, over the steps that something can be seen of', () => {
    const story = told(STEPS);
    const [watch, ...more] = watches(story);
    expect(more).toEqual([]);
    expect(story.facts[0]).toMatchObject({ kind: 'sequence-accepted', watch: watch?.id });
    expect(watch).toMatchObject({
      kind: 'watch',
      data: {
        sequenceId: story.sequenceId,
        epoch: 1,
        steps: [{ step: 'gateway', target: 'edge', probe: 'look', scopes: [{ scope: 'global', members: ['gw'] }] }],
      },
    });
    expect(story.orders[0]).toBe(watch);
  });

  it('ends with the sequence, however that ends', () => {
    const story = told(STEPS);
    const [watch] = watches(story);
    story.decision('abort');
    expect(watches(story)).toHaveLength(1);
    story.applied('roles');
    expect(watches(story)[1]).toMatchObject({
      kind: 'watch-end',
      data: { sequenceId: story.sequenceId, watchId: watch?.id },
    });
  });

  it('is not ordered where every probe answers at once, nor in preview', () => {
    const instant = told({ roles: { target: 'idp' } });
    expect(instant.facts[0]).toMatchObject({ watch: null });
    instant.applied('roles');
    instant.reading('roles', { 'global/realm': { value: 'new' } });
    expect(instant.state.status).toBe('ended');
    expect(watches(instant)).toEqual([]);
    expect(watches(told(STEPS, 'preview'))).toEqual([]);
  });
});

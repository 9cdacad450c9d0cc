import type { HoldReason } from '@causeway/contracts';
import { examplePlan, exampleTarget, SequenceStory } from '@causeway/testkit';

const targets = new Map(['idp', 'edge', 'flags'].map((name) => [name, exampleTarget(name, { global: ['one'] })]));
export const DIAMOND = {
  roles: { target: 'idp', needs: [] },
  gateway: { target: 'edge', needs: [] },
  flag: { target: 'flags', needs: ['roles', 'gateway'] },
};

/** What is asked of the probes, whose evidence may be 10 s old. */
export const begun = (steps: Parameters<typeof examplePlan>[0] = DIAMOND, plan = {}): SequenceStory => {
  const story = new SequenceStory(targets);
  story.intent(examplePlan(steps, ['us-east'], plan));
  return story;
};
export const sees = (story: SequenceStory, step: string, value = 'new', ageMs = 0) =>
  story.reading(step, { 'global/one': { value } }, 1, ageMs);
/** Roles are shown, the gateway only so much later. */
export function waited(ms: number): SequenceStory {
  const story = begun();
  story.applied('roles');
  story.applied('gateway');
  sees(story, 'roles');
  story.after(ms);
  return story;
}
export const reasonsIn = (facts: ReturnType<SequenceStory['when']>): HoldReason[] =>
  facts.flatMap((fact) => (fact.kind === 'gate-held' ? fact.because : []));
export const LOOKED_AGAIN = [
  'step-ready gateway',
  'probe-requested roles',
  'probe-requested gateway',
  'gate-held flag',
];

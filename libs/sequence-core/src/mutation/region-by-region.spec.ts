import type { MutationData } from '@causeway/contracts';
import { exampleMutation, examplePlan, exampleTarget, SequenceStory, TargetStory } from '@causeway/testkit';
import { classify } from '../index';

const targets = new Map([['edge', exampleTarget('edge', { 'us-east': ['us-1'], 'eu-west': ['eu-1'] })]]);
const US = [{ scope: 'us-east', members: ['us-1'] }];
const EU = [{ scope: 'eu-west', members: ['eu-1'] }];

/** A plan that changes one resource in us-east, and then in eu-west; the first is commanded. */
const begun = (): SequenceStory => {
  const story = new SequenceStory(targets);
  const steps = { us: { target: 'edge', scopes: ['us-east'] }, eu: { target: 'edge', scopes: ['eu-west'] } };
  story.intent(examplePlan(steps, ['us-east', 'eu-west']));
  return story;
};
const at = (scopes: MutationData['scopes']): MutationData => exampleMutation({ target: 'edge', scopes });
const oursAt = (story: SequenceStory, scopes: MutationData['scopes']): MutationData => ({
  ...at(scopes),
  by: { kind: 'executor', attemptId: `${story.sequenceId}/us/1` },
});

describe('a resource that is changed region by region', () => {
  it('is changed early in one that our own work in the other has not reached', () => {
    const [target, story] = [new TargetStory(), begun()];
    const open = { [story.sequenceId]: story.state };
    const ours = target.see(oursAt(story, US), open);
    expect(ours).toMatchObject({ class: 'expected', match: { step: 'us' } });
    const theirs = { match: { step: 'eu' }, previous: ours.mutation };
    expect(target.see(at(EU), open)).toMatchObject({ class: 'early', ...theirs });
    expect(target.see(at(EU), open)).toMatchObject({ class: 'repeated', match: { step: 'eu' } });
  });

  it('is changed early in all of them, when it was done in one', () => {
    const [target, story] = [new TargetStory(), begun()];
    target.see(oursAt(story, US), { [story.sequenceId]: story.state });
    for (const everywhere of [[...US, ...EU], null])
      expect(target.see(at(everywhere), { [story.sequenceId]: story.state })).toMatchObject({
        class: 'early',
        match: { step: 'eu' },
      });
  });

  it('was repeated by the first rules, which asked for no place', () => {
    const [target, story] = [new TargetStory(), begun()];
    target.see(oursAt(story, US), { [story.sequenceId]: story.state });
    const against = [{ sequenceId: story.sequenceId, state: story.state }];
    expect(classify(at(EU), target.state, against, 1)).toMatchObject({ class: 'repeated', match: { step: 'eu' } });
    expect(classify(at(EU), target.state, against, 2)).toMatchObject({ class: 'early' });
  });
});

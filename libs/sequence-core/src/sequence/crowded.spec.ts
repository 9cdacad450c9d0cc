import { examplePlan, exampleTarget, SequenceStory } from '@causeway/testkit';
import { ClaimBook, sequencesFor } from '../index';
import { MOST_OPEN } from '../mutation/candidates';

const targets = new Map([
  ['idp', exampleTarget('idp', { global: ['realm'] })],
  ['edge', exampleTarget('edge', { global: ['gw'] })],
]);
const idOf = (nr: number): string => `00000000-0000-8000-8000-${String(nr).padStart(12, '0')}`;
const ONE_AT = (target: string) => examplePlan({ edge: { target: 'edge' }, it: { target } }, ['us-east']);

/** A target with as many open sequences as a mutation can be held against. */
function crowd(): { claims: ClaimBook; stories: SequenceStory[] } {
  const claims = new ClaimBook([], 0);
  const stories = Array.from({ length: MOST_OPEN }, (_, nr) => new SequenceStory(targets, idOf(nr), claims));
  for (const story of stories) story.intent(examplePlan({ it: { target: 'idp' } }, ['us-east']));
  return { claims, stories };
}

describe('a target with as many open sequences as a foreign change can be held against', () => {
  it('takes no other one until one has ended, and says so at its step', () => {
    const { claims, stories } = crowd();
    expect(claims.openAt('idp')).toBe(MOST_OPEN);
    expect(new SequenceStory(targets, idOf(5_000), claims).intent(ONE_AT('idp'))).toMatchObject([
      {
        kind: 'intent-rejected',
        code: 'target-full',
        problems: [
          {
            code: 'target-full',
            pointer: '/spec/steps/1/target',
            message: expect.stringMatching(/^target idp has 979 open .* under another key when some have ended$/),
          },
        ],
      },
    ]);
    stories[7]?.decision('abort');
    expect(stories[7]?.state.status).toBe('ended');
    const next = new SequenceStory(targets, idOf(5_001), claims);
    expect(next.intent(ONE_AT('idp'))[0]).toMatchObject({ kind: 'sequence-accepted' });
    expect(claims.openAt('idp')).toBe(MOST_OPEN);
  });

  it('takes previews, and what has nothing to do with it', () => {
    const { claims } = crowd();
    const preview = new SequenceStory(targets, idOf(5_000), claims);
    expect(preview.intent(ONE_AT('idp'), { mode: 'preview' })[0]).toMatchObject({ kind: 'sequence-accepted' });
    const other = new SequenceStory(targets, idOf(5_001), claims);
    expect(other.intent(ONE_AT('edge'))[0]).toMatchObject({ kind: 'sequence-accepted' });
  });

  it('is counted the same after a restart', () => {
    const { claims, stories } = crowd();
    const known = stories.map(({ sequenceId, state }) => ({ sequenceId, state }));
    expect(new ClaimBook(known, claims.turn).openAt('idp')).toBe(MOST_OPEN);
  });

  it('has every one of them held against a foreign change', () => {
    const { stories } = crowd();
    const known = stories.map(({ sequenceId, state }) => ({ sequenceId, state }));
    const foreign = { target: 'idp', by: { kind: 'foreign' } } as never;
    expect(
      sequencesFor(foreign, known)
        .map(({ sequenceId }) => sequenceId)
        .sort(),
    ).toEqual(known.map(({ sequenceId }) => sequenceId).sort());
  });
});

import { governed, incident, post } from '../../spec/post-stories';
import { at, WatchedStory } from '../../spec/watched-story';
import { divergences, pathDifference } from '../index';

describe('divergence', () => {
  it('is there though both regions look the same in the end', () => {
    const { plan, scopes } = divergences(incident().known);
    expect(plan.map(({ scope, earlier, later }) => [scope, earlier, later])).toEqual([['eu-west', 'gateway', 'flag']]);
    expect(plan[0]).toMatchObject({
      laterBegan: { notBefore: at(3_000), seenAt: at(3_200) },
      earlierWhole: { notBefore: at(9_000), seenAt: at(9_500) },
      direct: true,
    });
    expect(scopes).toEqual([
      {
        ...{ kind: 'scopes', left: 'us-east', right: 'eu-west' },
        first: {
          ...{ kind: 'order', firstOnLeft: 'gateway', firstOnRight: 'flag' },
          left: {
            first: { notBefore: at(2_000), seenAt: at(2_010) },
            second: { notBefore: at(3_000), seenAt: at(3_100) },
          },
          right: {
            first: { notBefore: at(3_000), seenAt: at(3_200) },
            second: { notBefore: at(9_000), seenAt: at(9_500) },
          },
        },
        all: [scopes[0]?.first],
      },
    ]);
  });

  it('is not there in a governed run', () => {
    expect(divergences(governed().known)).toEqual({ plan: [], scopes: [] });
  });

  it('names what only one region has by now', () => {
    const story = post()
      .allOld()
      .sees('roles', 'global/realm', 'new', 20, 30)
      .sees('gateway', 'us-east/us-1', 'new', 40, 50);
    expect(divergences(story.known)).toMatchObject({
      plan: [],
      scopes: [{ first: { kind: 'only-in', step: 'gateway', scope: 'us-east', since: { seenAt: at(50) } } }],
    });
  });

  it('is not claimed where two changes fall between the same looks (P6)', () => {
    const story = post().allOld().sees('roles', 'global/realm', 'new', 20, 30);
    story.sees('gateway', 'us-east/us-1', 'new', 40, 60).sees('flag', 'us-east/client', 'new', 45, 55);
    story.sees('gateway', 'eu-west/eu-1', 'new', 40, 50).sees('gateway', 'eu-west/eu-2', 'new', 40, 50);
    story.sees('flag', 'eu-west/client', 'new', 70, 80);
    expect(divergences(story.known)).toEqual({ plan: [], scopes: [] });
  });

  it('is there when a step begins after an earlier one was lost again', () => {
    const story = post()
      .allOld()
      .sees('roles', 'global/realm', 'new', 20, 30)
      .sees('gateway', 'us-east/us-1', 'new', 40, 50);
    story.sees('gateway', 'us-east/us-1', 'old', 100, 110).sees('flag', 'us-east/client', 'new', 150, 160);
    expect(divergences(story.known).plan).toMatchObject([{ scope: 'us-east', earlier: 'gateway', later: 'flag' }]);
  });

  it('is not there when a step is lost after all was effective', () => {
    const story = governed().sees('gateway', 'us-east/us-1', 'old', 900, 910);
    expect(divergences(story.known).plan).toEqual([]);
  });

  it('is there for a step that nothing watches, if it was ordered and changed after the later one was seen', () => {
    const scopes = { global: ['realm'] };
    const story = new WatchedStory(['us-east'], {
      ticket: { scopes, unwatched: true },
      roles: { needs: ['ticket'], scopes },
    });
    story.allOld().sees('roles', 'global/realm', 'new', 20, 30);
    story.commanded('ticket', 100).applied('ticket', 110).ready('ticket', 110);
    expect(divergences(story.known).plan).toMatchObject([{ earlier: 'ticket', later: 'roles' }]);
  });

  it('of two scopes is the same as the one among all', () => {
    const { known } = incident();
    expect(pathDifference(known, 'us-east', 'eu-west')).toEqual(divergences(known).scopes[0]);
    expect(pathDifference(known, 'us-east', 'us-east')).toBeNull();
  });
});

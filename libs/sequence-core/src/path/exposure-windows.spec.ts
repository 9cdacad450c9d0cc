import { at, WatchedStory } from '../../spec/watched-story';
import { exposureWindows } from '../index';

const REGIONS = { 'us-east': ['us-1'], 'eu-west': ['eu-1', 'eu-2'] };

/** The plan of the post: a role that is the same everywhere, gateways by region, a flag by region. */
const post = (): WatchedStory =>
  new WatchedStory(['us-east', 'eu-west'], {
    roles: { scopes: { global: ['realm'] } },
    gateway: { needs: ['roles'], scopes: REGIONS },
    flag: { needs: ['gateway'], scopes: { 'us-east': ['client'], 'eu-west': ['client'] } },
  });
const windowsOf = (story: WatchedStory) => exposureWindows(story.known).windows;

/** Someone switches the flag while the gateways of eu-west lag. */
const incident = (): WatchedStory =>
  post()
    .allOld(10)
    .sees('roles', 'global/realm', 'new', 1_000, 1_010)
    .sees('gateway', 'us-east/us-1', 'new', 2_000, 2_010)
    .sees('flag', 'us-east/client', 'new', 3_000, 3_100)
    .sees('flag', 'eu-west/client', 'new', 3_000, 3_200)
    .sees('gateway', 'eu-west/eu-1', 'new', 4_000, 4_010)
    .sees('gateway', 'eu-west/eu-2', 'new', 9_000, 9_500);

describe('exposure windows', () => {
  it('are where the flag was effective and the gateways were not, and nowhere else', () => {
    expect(windowsOf(incident())).toEqual([
      {
        scope: 'eu-west',
        earlier: 'gateway',
        later: 'flag',
        direct: true,
        from: { notBefore: at(3_000), seenAt: at(3_200) },
        to: { notBefore: at(9_000), seenAt: at(9_500) },
        certaintyMs: 500,
        membersLacking: ['eu-1', 'eu-2'],
        evidence: { from: 6, to: 8 },
      },
    ]);
  });

  it('stay open while they last', () => {
    const story = post()
      .allOld()
      .sees('roles', 'global/realm', 'new', 20, 30)
      .sees('flag', 'us-east/client', 'new', 50, 70);
    expect(windowsOf(story)).toMatchObject([
      { scope: 'us-east', earlier: 'gateway', later: 'flag', from: { seenAt: at(70) }, to: null, certaintyMs: 20 },
    ]);
  });

  it('are there for steps that the plan orders through others', () => {
    const story = post().allOld().sees('flag', 'us-east/client', 'new', 50, 70);
    expect(windowsOf(story).map(({ earlier, direct }) => [earlier, direct])).toEqual([
      ['roles', false],
      ['gateway', true],
    ]);
  });
});

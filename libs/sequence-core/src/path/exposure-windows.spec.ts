import { governed, incident, post } from '../../spec/post-stories';
import { at, type WatchedStory } from '../../spec/watched-story';
import { exposureWindows } from '../index';

const windowsOf = (story: WatchedStory) => exposureWindows(story.known).windows;

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

  it('are not there in a governed run: the flag was ordered after all gateways had been seen', () => {
    const story = governed();
    expect(exposureWindows(story.known)).toEqual({ windows: [], uncertain: [] });
  });

  it('are not made by members that do not answer: that is said apart (P3)', () => {
    const story = post()
      .allOld()
      .sees('roles', 'global/realm', 'new', 20, 30)
      .sees('gateway', 'us-east/us-1', 'new', 40, 50)
      .sees('gateway', 'eu-west/eu-1', 'new', 40, 50)
      .sees('gateway', 'eu-west/eu-2', 'new', 40, 55)
      .sees('flag', 'eu-west/client', 'new', 60, 70)
      .sees('gateway', 'eu-west/eu-2', null, 80, 90)
      .sees('gateway', 'eu-west/eu-2', 'new', 100, 110);
    expect(exposureWindows(story.known)).toEqual({
      windows: [],
      uncertain: [{ scope: 'eu-west', earlier: 'gateway', later: 'flag', why: 'untold', from: at(80), to: at(110) }],
    });
  });

  it('do not end because a lagging member stops answering, and then end as late as it can have been', () => {
    const story = post()
      .allOld()
      .sees('roles', 'global/realm', 'new', 20, 30)
      .sees('gateway', 'us-east/us-1', 'new', 40, 50)
      .sees('flag', 'us-east/client', 'new', 20, 35)
      .sees('gateway', 'eu-west/eu-1', 'new', 40, 50)
      .sees('flag', 'eu-west/client', 'new', 60, 70)
      .sees('gateway', 'eu-west/eu-2', null, 80, 90);
    const inEurope = () => windowsOf(story).filter(({ scope }) => scope === 'eu-west');
    expect(inEurope()).toMatchObject([{ to: null, membersLacking: ['eu-2'] }]);
    story.sees('gateway', 'eu-west/eu-2', 'new', 100, 110);
    expect(inEurope()).toMatchObject([{ to: { notBefore: at(80), seenAt: at(110) }, certaintyMs: 30 }]);
  });

  it('begin again when a gateway falls back after the flag', () => {
    const story = governed()
      .sees('gateway', 'us-east/us-1', 'old', 900, 910)
      .sees('gateway', 'us-east/us-1', 'new', 950, 960);
    expect(windowsOf(story)).toMatchObject([
      {
        ...{ scope: 'us-east', earlier: 'gateway', later: 'flag', membersLacking: ['us-1'] },
        ...{ from: { notBefore: at(900), seenAt: at(910) }, to: { notBefore: at(950), seenAt: at(960) } },
      },
    ]);
  });

  it('concern every region where the earlier step is the same everywhere', () => {
    const story = post()
      .allOld()
      .sees('gateway', 'us-east/us-1', 'new', 50, 70)
      .sees('gateway', 'eu-west/eu-2', 'new', 60, 90);
    story.sees('roles', 'global/realm', 'new', 200, 240);
    expect(windowsOf(story).map(({ scope, from, membersLacking }) => [scope, from.seenAt, membersLacking])).toEqual([
      ['us-east', at(70), ['realm']],
      ['eu-west', at(90), ['realm']],
    ]);
  });

  it('are not there when both changed between the same looks and nobody knows who did it: that is said apart', () => {
    const story = post().allOld().sees('roles', 'global/realm', 'new', 20, 30);
    story.sees('gateway', 'us-east/us-1', 'new', 40, 60).sees('flag', 'us-east/client', 'new', 45, 55);
    expect(exposureWindows(story.known)).toEqual({
      windows: [],
      uncertain: [
        { scope: 'us-east', earlier: 'gateway', later: 'flag', why: 'between-looks', from: at(45), to: at(60) },
      ],
    });
  });

  it('are widened by a time in which nobody looked', () => {
    const story = post()
      .allOld()
      .sees('roles', 'global/realm', 'new', 20, 30)
      .sees('flag', 'us-east/client', 'new', 50, 70);
    story.sighting([], 1_000).sees('gateway', 'us-east/us-1', 'new', null, 8_000);
    expect(windowsOf(story)).toMatchObject([
      { scope: 'us-east', to: { notBefore: at(1_000), seenAt: at(8_000) }, certaintyMs: 7_000 },
    ]);
  });
});

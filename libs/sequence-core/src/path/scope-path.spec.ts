import { governed, incident, post } from '../../spec/post-stories';
import { at, WatchedStory } from '../../spec/watched-story';
import { effectiveAt, membersLacking, scopePath } from '../index';

const IDP_TEAM = { actor: { kind: 'user', name: 'idp-team' } } as const;
const stepsIn = (story: WatchedStory, scope: string) => scopePath(story.known, scope).steps;

describe('the path of a scope', () => {
  it('is the order in which steps became effective there', () => {
    expect(stepsIn(incident(), 'us-east').map(({ step }) => step)).toEqual(['roles', 'gateway', 'flag']);
    expect(stepsIn(incident(), 'eu-west').map(({ step }) => step)).toEqual(['roles', 'flag', 'gateway']);
  });

  it('gives each step its bounds, its first member and the entry that shows it', () => {
    expect(stepsIn(incident(), 'eu-west')[2]).toMatchObject({
      ...{ step: 'gateway', scope: 'eu-west', certaintyMs: 500, ledgerIndex: 8, watched: true },
      effective: { notBefore: at(9_000), seenAt: at(9_500) },
      partly: { notBefore: at(4_000), seenAt: at(4_010) },
    });
  });

  it('names steps that are not effective there', () => {
    const story = post().allOld().sees('gateway', 'eu-west/eu-1', 'new', 40, 50);
    expect(scopePath(story.known, 'eu-west')).toMatchObject({ steps: [], notEffective: ['roles', 'gateway', 'flag'] });
  });

  it('leaves two steps that the looks cannot tell apart in the order of the plan (P6)', () => {
    expect(stepsIn(governed(), 'eu-west').map(({ step }) => step)).toEqual(['roles', 'gateway', 'flag']);
  });

  it('says that a step was effective already when it was first looked at', () => {
    const story = post().sees('roles', 'global/realm', 'new', null, 400);
    expect(stepsIn(story, 'us-east')).toMatchObject([
      { step: 'roles', effective: { notBefore: null, seenAt: at(400) }, certaintyMs: 400 },
    ]);
  });

  it('counts the stretches when a step was lost in between', () => {
    const story = governed()
      .sees('flag', 'us-east/client', 'old', 900, 910)
      .sees('flag', 'us-east/client', 'new', 950, 960);
    expect(stepsIn(story, 'us-east')[2]?.spans.map(({ from, to }) => [from.seenAt, to?.seenAt])).toEqual([
      [at(600), at(910)],
      [at(960), undefined],
    ]);
  });

  it('has the times of the records where nothing watches a step (P7)', () => {
    const scopes = { 'us-east': ['us-1'] };
    const story = new WatchedStory(['us-east'], { ticket: { scopes, unwatched: true } });
    story.commanded('ticket', 100).applied('ticket', 150).ready('ticket', 150);
    expect(stepsIn(story, 'us-east')).toMatchObject([
      { step: 'ticket', watched: false, effective: { notBefore: at(100), seenAt: at(150) }, certaintyMs: 50 },
    ]);
  });
});

describe('who made a step effective', () => {
  const madeBy = (story: WatchedStory) => stepsIn(story, 'us-east')[0]?.madeBy;
  const bySomebody = { kind: 'other', class: 'early', actor: 'idp-team' };

  it('is our executor after we ordered it', () => {
    expect(madeBy(governed())).toMatchObject({ kind: 'executor', ledgerIndex: 3 });
  });

  it('is somebody else when it was seen before we ordered it, though we order it later', () => {
    const story = post().allOld().classified('roles', 'early', IDP_TEAM).sees('roles', 'global/realm', 'new', 20, 30);
    story.commanded('roles', 100).applied('roles', 110, false);
    expect(madeBy(story)).toMatchObject(bySomebody);
  });

  it('is somebody else when we ordered it and found it done', () => {
    const story = post().allOld().commanded('roles', 20).classified('roles', 'expected', IDP_TEAM);
    story.sees('roles', 'global/realm', 'new', 20, 30).applied('roles', 40, false);
    expect(madeBy(story)).toMatchObject({ ...bySomebody, class: 'expected' });
  });

  it('is our executor when it changed something, though somebody repeated it', () => {
    const story = post().allOld().commanded('roles', 20).applied('roles', 25);
    story.classified('roles', 'repeated', IDP_TEAM).sees('roles', 'global/realm', 'new', 20, 30);
    expect(madeBy(story)).toMatchObject({ kind: 'executor' });
  });

  it('is not known when nobody was seen doing it', () => {
    expect(madeBy(post().allOld().sees('roles', 'global/realm', 'new', 20, 30))).toEqual({ kind: 'unknown' });
  });

  it('is not somebody who did it in another region, or took it away', () => {
    const story = post().allOld();
    story.classified('gateway', 'early', { ...IDP_TEAM, scopes: [{ scope: 'eu-west', members: ['eu-1'] }] });
    story.classified('gateway', 'early', { ...IDP_TEAM, effect: 'removed' });
    story.sees('gateway', 'us-east/us-1', 'new', 20, 30);
    expect(madeBy(story)).toEqual({ kind: 'unknown' });
  });
});

describe('what was effective at an instant', () => {
  const stepsAt = (story: WatchedStory, ms: number) => effectiveAt(story.known, 'eu-west', at(ms)).steps;

  it('is told per step, with the members', () => {
    expect(stepsAt(incident(), 5_000)).toMatchObject([
      { step: 'roles', effective: 'yes', scope: 'global' },
      { step: 'gateway', effective: 'partly', showing: ['eu-1'], lacking: ['eu-2'] },
      { step: 'flag', effective: 'yes' },
    ]);
  });

  it('is not known between two looks, before the first one, and while a member does not answer', () => {
    expect(stepsAt(incident(), 3_100).map(({ effective }) => effective)).toEqual(['yes', 'no', 'untold']);
    expect(stepsAt(incident(), 5).map(({ effective }) => effective)).toEqual(['untold', 'untold', 'untold']);
    const silent = incident().sees('gateway', 'eu-west/eu-1', null, 9_600, 9_700);
    expect(stepsAt(silent, 9_650)[1]).toMatchObject({ effective: 'untold', untold: ['eu-1'], showing: ['eu-2'] });
  });

  it('says when nobody had looked by then', () => {
    expect(effectiveAt(incident().known, 'eu-west', at(9_500)).looked).toBe(true);
    expect(effectiveAt(incident().known, 'eu-west', at(9_501)).looked).toBe(false);
  });

  it('goes with what the records said by then', () => {
    const story = post().allOld().scopeReady('gateway', 500, 'eu-west');
    story.record(700, { kind: 'scope-withdrawn', step: 'gateway', attempt: 1, scope: 'eu-west', evidence: 'd' });
    expect(stepsAt(story, 499)[1]?.believed).toBeNull();
    expect(stepsAt(story, 500)[1]).toMatchObject({ effective: 'no', believed: { ready: true, at: at(500) } });
    expect(stepsAt(story, 700)[1]?.believed).toMatchObject({ ready: false, at: at(700) });
  });
});

describe('members that lack a step', () => {
  it('are named with what they show instead', () => {
    const story = incident().sees('gateway', 'eu-west/eu-1', null, 9_600, 9_700);
    story.sees('gateway', 'us-east/us-1', 'old', 9_600, 9_700);
    expect(membersLacking(story.known, 'gateway')).toEqual([
      {
        ...{ scope: 'us-east', member: 'us-1', view: 'lacks', detail: 'value is "old", wanted "new"' },
        since: { notBefore: at(9_600), seenAt: at(9_700) },
      },
      {
        ...{ scope: 'eu-west', member: 'eu-1', view: 'untold', detail: 'no answer within 2 s' },
        since: { notBefore: at(9_600), seenAt: at(9_700) },
      },
    ]);
  });

  it('are all of them before the first look, and there is no answer for an unknown step', () => {
    expect(membersLacking(post().known, 'roles')).toEqual([
      { scope: 'global', member: 'realm', view: 'untold', since: null, detail: 'not looked at yet' },
    ]);
    expect(membersLacking(post().known, 'constructor')).toBeNull();
  });
});

describe('an answer that does not bring all that was asked for', () => {
  const scopes = { 'us-east': ['us-1'] };
  const asking = [
    { observed: 'status', is: 'equals', wanted: 200 },
    { observed: 'version', is: 'equals', wanted: '1.1.0' },
  ] as const;
  const seen = (values: Record<string, string | number>) => {
    const story = new WatchedStory(['us-east'], { app: { scopes, expect: asking } });
    const sight = { step: 'app', scope: 'us-east', member: 'us-1', notBefore: null, seenAt: at(10) };
    story.sighting([{ ...sight, outcome: { kind: 'observed', values } }], 10);
    return membersLacking(story.known, 'app');
  };

  it('lacks the step if what it brings is surely not what was wanted', () => {
    expect(seen({ status: 404 })).toMatchObject([{ view: 'lacks', detail: 'status is 404, wanted 200' }]);
  });

  it('else tells nothing (P3)', () => {
    expect(seen({ status: 200 })).toMatchObject([{ view: 'untold', detail: 'version was not in the answer' }]);
    expect(seen({ status: 200, version: '1.1.0' })).toEqual([]);
  });
});

describe('what says nothing about a path', () => {
  it('changes nothing: sights of unknown steps and members, entries of other sequences', () => {
    const story = post().allOld();
    const before = story.known;
    story.sees('constructor', 'global/realm', 'new', 20, 10).sees('roles', 'global/constructor', 'new', 20, 10);
    expect(story.known).toEqual(before);
  });

  it('cannot move the times of a member back, whatever the clock of the prober did', () => {
    const story = post().sees('roles', 'global/realm', 'old', null, 5_000).sees('roles', 'global/realm', 'new', 10, 20);
    expect(stepsIn(story, 'us-east')[0]?.effective.seenAt).toBe(at(5_000));
  });
});

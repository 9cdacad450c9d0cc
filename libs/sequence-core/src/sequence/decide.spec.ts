import type { HoldReason } from '@causeway/contracts';
import { examplePlan, exampleTarget, kindsOf, SequenceStory } from '@causeway/testkit';
import { replay } from '../index';

const REGIONS = { 'us-east': ['us-1', 'us-2'], 'eu-west': ['eu-1', 'eu-2'] };
const targets = new Map([
  ['idp', exampleTarget('idp', { global: ['realm'] })],
  ['edge', exampleTarget('edge', REGIONS)],
  ['flags', exampleTarget('flags', { 'us-east': ['client'], 'eu-west': ['client'] })],
]);
const POST = examplePlan({ roles: { target: 'idp' }, gateway: { target: 'edge' }, flag: { target: 'flags' } }, [
  'us-east',
  'eu-west',
]);
const NEW = { value: 'new' };
const OLD = { value: 'old' };
const everywhere = (values: Record<string, unknown> | null) => ({
  'us-east/us-1': values,
  'us-east/us-2': values,
  'eu-west/eu-1': values,
  'eu-west/eu-2': values,
});

const begun = (): SequenceStory => {
  const story = new SequenceStory(targets);
  story.intent(POST);
  return story;
};
const atTheGateway = (): SequenceStory => {
  const story = begun();
  story.applied('roles');
  story.reading('roles', { 'global/realm': NEW });
  story.applied('gateway');
  return story;
};
const reasonsIn = (facts: ReturnType<SequenceStory['when']>): HoldReason[] =>
  facts.flatMap((fact) => (fact.kind === 'gate-held' ? fact.because : []));

describe('the order of steps', () => {
  it('commands the first step when a plan is accepted, and no other', () => {
    const story = new SequenceStory(targets);
    expect(kindsOf(story.intent(POST))).toEqual([
      ...['sequence-accepted', 'keys-taken', 'gate-opened roles', 'step-commanded roles'],
    ]);
    expect(story.orders).toHaveLength(1);
  });

  it('looks before it goes on: an applied step opens nothing', () => {
    const story = begun();
    expect(kindsOf(story.applied('roles'))).toEqual(['step-applied roles', 'probe-requested roles']);
  });

  it('goes on when the step is seen everywhere, citing what showed it', () => {
    const story = begun();
    story.applied('roles');
    const facts = story.reading('roles', { 'global/realm': NEW });
    expect(kindsOf(facts)).toEqual(['step-ready roles', 'gate-opened gateway', 'step-commanded gateway']);
    expect(facts[1]).toMatchObject({
      evidence: [{ step: 'roles', scopes: [{ scope: 'global', evidence: 'c'.repeat(64) }] }],
    });
  });

  it('ends when the last step is seen everywhere', () => {
    const story = atTheGateway();
    story.reading('gateway', everywhere(NEW));
    story.applied('flag');
    const facts = story.reading('flag', { 'us-east/client': NEW, 'eu-west/client': NEW });
    expect(kindsOf(facts)).toEqual(['step-ready flag', 'gate-opened', 'sequence-ended']);
    expect(story.state).toMatchObject({ status: 'ended', outcome: 'completed' });
  });

  it('lets only dependents wait', () => {
    const story = new SequenceStory(targets);
    const plan = examplePlan(
      { a: { target: 'idp', needs: [] }, b: { target: 'flags', needs: [] }, c: { target: 'edge', needs: ['a', 'b'] } },
      ['us-east', 'eu-west'],
    );
    expect(kindsOf(story.intent(plan))).toContain('step-commanded b');
    story.applied('a');
    expect(kindsOf(story.reading('a', { 'global/realm': NEW }))).toEqual(['step-ready a']);
    story.applied('b');
    expect(kindsOf(story.reading('b', { 'us-east/client': NEW, 'eu-west/client': NEW }))).toContain('step-commanded c');
  });
});

describe('a gate holds', () => {
  it('naming the members of the region that lags, and opens nothing', () => {
    const story = atTheGateway();
    const facts = story.reading('gateway', {
      'us-east/us-1': NEW,
      'us-east/us-2': NEW,
      'eu-west/eu-1': OLD,
      'eu-west/eu-2': OLD,
    });
    expect(kindsOf(facts)).toEqual(['scope-ready gateway', 'gate-held flag']);
    expect(reasonsIn(facts).map(({ scope, member, reason, since }) => [scope, member, reason, since])).toEqual([
      ['eu-west', 'eu-1', 'not-yet', story.at],
      ['eu-west', 'eu-2', 'not-yet', story.at],
    ]);
  });

  it.each([
    ['unreachable', { ...everywhere(NEW), 'eu-west/eu-2': null }, 'unreachable'],
    ['missing from the round', { 'us-east/us-1': NEW, 'us-east/us-2': NEW, 'eu-west/eu-1': NEW }, 'missing'],
    ['silent about what was asked', { ...everywhere(NEW), 'eu-west/eu-2': { other: 1 } }, 'unreadable'],
  ])('when one member is %s', (_name, round, reason) => {
    const facts = atTheGateway().reading('gateway', round);
    expect(reasonsIn(facts)).toMatchObject([
      { step: 'gateway', scope: 'eu-west', member: 'eu-2', verdict: 'inconclusive', reason },
    ]);
  });

  it('keeping the time when a member was last seen, though it no longer answers', () => {
    const story = atTheGateway();
    const seen = story.at;
    story.reading('gateway', everywhere(OLD));
    story.after(3_000);
    const facts = story.reading('gateway', { ...everywhere(OLD), 'eu-west/eu-2': null });
    expect(reasonsIn(facts).find(({ member }) => member === 'eu-2')).toMatchObject({
      reason: 'unreachable',
      lastReadingAt: seen,
    });
  });

  it('is said once while the same reasons hold, with the first moment kept', () => {
    const story = atTheGateway();
    const first = story.at;
    story.reading('gateway', everywhere(OLD));
    story.after(1_000);
    expect(story.reading('gateway', everywhere(OLD))).toEqual([]);
    const facts = story.reading('gateway', { ...everywhere(OLD), 'us-east/us-1': NEW });
    expect(reasonsIn(facts).every(({ since }) => since === first)).toBe(true);
    expect(reasonsIn(facts)).toHaveLength(3);
  });

  it('when the prober goes silent, and asks it again after a while', () => {
    const story = atTheGateway();
    story.reading('gateway', everywhere(OLD));
    expect(reasonsIn(story.after(11_000)).map(({ reason }) => reason)).toEqual(Array(4).fill('stale'));
    expect(kindsOf(story.after(60_000))).toEqual(['probe-requested gateway']);
  });

  it('when a region that was ready is no longer', () => {
    const story = atTheGateway();
    story.reading('gateway', { ...everywhere(NEW), 'us-east/us-1': OLD });
    const facts = story.reading('gateway', everywhere(OLD));
    expect(kindsOf(facts)).toContain('scope-withdrawn gateway');
    expect(
      reasonsIn(facts)
        .filter(({ reason }) => reason === 'disagreeing')
        .map(({ scope }) => scope),
    ).toEqual(['eu-west', 'eu-west']);
  });

  it('until as many looks in a row agree as the plan asks', () => {
    const story = new SequenceStory(targets);
    story.intent(examplePlan({ roles: { target: 'idp', ready: { consecutive: 3 } } }, ['us-east']));
    story.applied('roles');
    expect(kindsOf(story.reading('roles', { 'global/realm': NEW }, 2))).toEqual(['gate-held']);
    expect(kindsOf(story.reading('roles', { 'global/realm': NEW }, 3))).toContain('sequence-ended');
  });

  it('however long it takes: overdue is said, nothing passes', () => {
    const story = atTheGateway();
    story.reading('gateway', everywhere(OLD));
    expect(kindsOf(story.after(601_000))).toContain('step-overdue gateway');
    expect(story.orders.some((order) => order.kind === 'command' && order.data.step === 'flag')).toBe(false);
  });

  it('against readings of another probe request or attempt', () => {
    const story = atTheGateway();
    const { id, data } = story.probe('gateway');
    const round = {
      sequenceId: story.sequenceId,
      step: 'gateway',
      attempt: 1,
      epoch: 1,
      target: 'edge',
      probeId: id,
      round: 1,
      readings: [],
    };
    const take = (more: object) =>
      story.when({
        kind: 'reading-received',
        eventId: story.newId(),
        digest: 'd'.repeat(64),
        seenAt: new Map(),
        data: { ...round, ...more },
      });
    expect(take({ probeId: story.newId() })).toEqual([]);
    expect(take({ attempt: 2 })).toEqual([]);
    expect(take({ epoch: 2 })).toEqual([]);
    expect(data.scopes).toHaveLength(2);
  });
});

describe('intents', () => {
  it('with the same key are recognised and apply nothing again', () => {
    const story = begun();
    expect(kindsOf(story.intent(POST))).toEqual(['intent-repeated']);
    expect(story.orders).toHaveLength(1);
  });

  it('with the same key and another plan are refused', () => {
    const story = begun();
    expect(story.intent(POST, { planDigest: 'e'.repeat(64) })).toMatchObject([
      { kind: 'input-refused', code: 'key-reused' },
    ]);
  });

  it('whose digest is not the digest of their plan are rejected', () => {
    const story = new SequenceStory(targets);
    expect(story.intent(POST, { claimed: 'f'.repeat(64) })).toMatchObject([
      { kind: 'intent-rejected', code: 'digest-mismatch' },
    ]);
    expect(story.orders).toEqual([]);
  });

  it('with a plan that cannot run are rejected with every problem', () => {
    const story = new SequenceStory(targets);
    const plan = examplePlan({ roles: { target: 'idq' } }, ['us-east']);
    expect(story.intent(plan)).toMatchObject([
      { kind: 'intent-rejected', code: 'plan-refused', problems: [{ code: 'unknown-target' }] },
    ]);
  });

  it('in preview only look, at every step at once', () => {
    const story = new SequenceStory(targets);
    story.intent(POST, { mode: 'preview' });
    expect(story.orders.map((order) => order.kind === 'command' && order.data.verb)).toEqual([
      'look-up',
      'look-up',
      'look-up',
    ]);
    story.result('roles', { kind: 'looked-up', state: 'in-effect', byThisAttempt: null, evidence: {} });
    story.result('gateway', { kind: 'looked-up', state: 'absent', byThisAttempt: null, evidence: {} });
    const facts = story.result('flag', { kind: 'looked-up', state: 'unknown', byThisAttempt: null, evidence: {} });
    expect(facts.at(-1)).toMatchObject({ kind: 'sequence-ended', outcome: 'previewed' });
    expect(story.state).toMatchObject({
      steps: { roles: { found: 'already-so' }, gateway: { found: 'would-change' }, flag: { found: 'unknown' } },
    });
  });
});

describe('replay', () => {
  it('of all facts gives the state that deciding left', () => {
    const story = atTheGateway();
    story.reading('gateway', everywhere(OLD));
    story.after(61_000);
    story.reading('gateway', everywhere(NEW));
    story.intent(POST);
    expect(replay(story.facts)).toEqual(story.state);
  });
});

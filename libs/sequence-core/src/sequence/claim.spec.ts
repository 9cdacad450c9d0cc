import { examplePlan, exampleTarget, kindsOf, SequenceStory } from '@causeway/testkit';
import { ClaimBook, replay } from '../index';

const NAMED = {
  'toggle@v1': {
    with: { flag: { type: 'string' as const }, value: { type: 'string' as const } },
    ...{ identifiedBy: ['flag'], capability: 'C' as const },
    show: {
      effective: { probe: 'look', expect: [{ observed: 'value', is: 'equals' as const, wanted: { with: 'value' } }] },
    },
  },
};
const targets = new Map([
  ['idp', exampleTarget('idp', { global: ['realm'] })],
  ['edge', exampleTarget('edge', { global: ['gw'] })],
  ['flags', exampleTarget('flags', { global: ['client'] }, { changes: NAMED })],
]);
const flag = (name: string) => ({ target: 'flags', change: 'toggle@v1', with: { flag: name, value: 'new' } });
const [A, B, C] = [1, 2, 3].map((nr) => `00000000-0000-8000-8000-00000000000${nr}`) as [string, string, string];

/** Sequences that meet at the same keys. */
function stories(): SequenceStory[] {
  const claims = new ClaimBook([], 0);
  return [A, B, C].map((id) => new SequenceStory(targets, id, claims));
}
const begin = (story: SequenceStory, steps: Parameters<typeof examplePlan>[0], more: object = {}): string[] =>
  kindsOf(story.intent(examplePlan(steps, ['us-east'], more)));
const finish = (story: SequenceStory, step: string, member: string): string[] => {
  story.applied(step);
  return kindsOf(story.reading(step, { [`global/${member}`]: { value: 'new' } }));
};
const ROLES_THEN_EDGE = { roles: { target: 'idp' }, gateway: { target: 'edge' } };

describe('two sequences on one resource', () => {
  it('do not interleave: the second commands nothing before the first has ended, and says for whom it waits', () => {
    const [first, second] = stories() as [SequenceStory, SequenceStory];
    begin(first, { ...ROLES_THEN_EDGE, again: { target: 'idp' } });
    const facts = second.intent(examplePlan({ own: { target: 'idp' } }, ['us-east']));
    expect(kindsOf(facts)).toEqual(['sequence-accepted', 'keys-awaited', 'gate-held own']);
    expect(facts[1]).toMatchObject({ turn: 2, behind: [{ key: 'idp/set', sequenceId: A, step: 'roles' }] });
    expect(facts[2]).toMatchObject({
      because: [{ step: 'own', reason: 'conflict', detail: `sequence ${A} (step roles) comes first at idp/set` }],
    });
    finish(first, 'roles', 'realm');
    finish(first, 'gateway', 'gw');
    expect(second.orders).toEqual([]);
    expect(finish(first, 'again', 'realm')).toContain('sequence-ended');
    expect(first.facts.at(-1)).toMatchObject({ keysFreed: 3 });
    expect(kindsOf(second.freed())).toEqual(['keys-taken', 'gate-opened own', 'step-commanded own']);
    expect(replay(second.facts)).toEqual(second.state);
  });

  it('waits at a later step too: a key is held for the whole sequence, or not at all', () => {
    const [first, second] = stories() as [SequenceStory, SequenceStory];
    begin(first, { gateway: { target: 'edge' } });
    expect(begin(second, ROLES_THEN_EDGE)).toEqual(['sequence-accepted', 'keys-awaited', 'gate-held roles']);
    expect(second.state).toMatchObject({ claim: { phase: 'waiting', behind: [{ key: 'edge/set', sequenceId: A }] } });
  });

  it.each([
    ['different resources of one target', { one: flag('x') }, { one: flag('y') }, true],
    ['the same resource by its name', { one: flag('x') }, { one: flag('x') }, false],
    ['different targets', { one: { target: 'idp' } }, { one: { target: 'edge' } }, true],
  ])('of %s', (_what, one, other, runs) => {
    const [first, second] = stories() as [SequenceStory, SequenceStory];
    begin(first, one);
    expect(begin(second, other).includes('step-commanded one')).toBe(runs);
  });

  it('wait for a key that both plans name, whatever they change', () => {
    const [first, second, third] = stories() as [SequenceStory, SequenceStory, SequenceStory];
    begin(first, { one: { target: 'idp' } }, { conflictKeys: ['checkout'] });
    begin(second, { one: { target: 'edge' } }, { conflictKeys: ['checkout'] });
    expect(second.state).toMatchObject({ claim: { behind: [{ key: 'checkout', sequenceId: A, step: null }] } });
    expect(begin(third, { one: flag('x') })).toContain('step-commanded one');
  });
});

describe('the line at a key', () => {
  it('is first come, first served, and lets nobody pass', () => {
    const [first, second, third] = stories() as [SequenceStory, SequenceStory, SequenceStory];
    begin(first, { gateway: { target: 'edge' } });
    begin(second, ROLES_THEN_EDGE);
    begin(third, { roles: { target: 'idp' } });
    expect(third.state).toMatchObject({ claim: { behind: [{ key: 'idp/set', sequenceId: B }] } });
  });

  it('closes up when somebody in it is aborted', () => {
    const [first, second, third] = stories() as [SequenceStory, SequenceStory, SequenceStory];
    for (const story of [first, second, third]) begin(story, { roles: { target: 'idp' } });
    expect(second.claims.behind(B)).toEqual([C]);
    expect(kindsOf(second.decision('abort'))).toEqual(['sequence-aborted', 'sequence-ended']);
    const facts = third.freed();
    expect(kindsOf(facts)).toEqual(['keys-awaited', 'gate-held roles']);
    expect(facts[0]).toMatchObject({ turn: 3, behind: [{ sequenceId: A }] });
    expect(third.state).toMatchObject({ claim: { turn: 3 } });
  });

  it('is left by who is aborted at work, once it is known what became of it', () => {
    const [first, second] = stories() as [SequenceStory, SequenceStory];
    for (const story of [first, second]) begin(story, { roles: { target: 'idp' } });
    first.decision('abort');
    expect(second.freed()).toEqual([]);
    first.applied('roles');
    expect(kindsOf(second.freed())).toContain('step-commanded roles');
  });

  it('is entered by what starts on resume when it is resumed, not before', () => {
    const [first, second] = stories() as [SequenceStory, SequenceStory];
    begin(first, { roles: { target: 'idp' } }, { start: 'on-resume' });
    expect(begin(second, { roles: { target: 'idp' } })).toContain('step-commanded roles');
    expect(kindsOf(first.decision('resume'))).toEqual(['sequence-resumed', 'keys-awaited', 'gate-held roles']);
  });

  it('is not entered by a preview', () => {
    const [first, second] = stories() as [SequenceStory, SequenceStory];
    first.intent(examplePlan({ roles: { target: 'idp' } }, ['us-east']), { mode: 'preview' });
    expect(begin(second, { roles: { target: 'idp' } })).toContain('step-commanded roles');
  });
});

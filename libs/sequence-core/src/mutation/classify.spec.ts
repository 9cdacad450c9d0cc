import type { MutationData } from '@causeway/contracts';
import { exampleMutation, examplePlan, exampleTarget, SequenceStory, TargetStory } from '@causeway/testkit';
import type { SequenceState } from '../index';

const named = {
  'set@v1': {
    with: { name: { type: 'string' as const }, value: { type: 'string' as const } },
    identifiedBy: ['name'],
    capability: 'C' as const,
    show: {
      effective: { probe: 'look', expect: [{ observed: 'value', is: 'equals' as const, wanted: { with: 'value' } }] },
    },
  },
};
const targets = new Map([
  ['idp', exampleTarget('idp', { global: ['realm'] }, { changes: named })],
  ['edge', exampleTarget('edge', { 'us-east': ['us-1'], 'eu-west': ['eu-1'] }, { changes: named })],
  ['flags', exampleTarget('flags', { global: ['client'] }, { changes: named })],
]);
const WANTED = { name: 'one', value: 'new' };
const OTHER = { name: 'one', value: 'other' };
const NEW = { value: 'new' };
const A = 'aaaaaaaa-0000-8000-8000-000000000001';
const B = 'bbbbbbbb-0000-8000-8000-000000000002';
const UNKNOWN = 'cccccccc-0000-8000-8000-000000000003';

type Steps = Parameters<typeof examplePlan>[0];
const FIRST: Steps = { first: { target: 'flags', with: WANTED } };

/** A sequence whose step `roles` sets the resource at `idp`, after a first step elsewhere. */
function sequence(more: { id?: string; with?: object; plan?: object; mode?: 'apply' | 'preview' } = {}): SequenceStory {
  const steps = {
    ...FIRST,
    roles: { target: 'idp', with: more.with ?? WANTED },
    last: { target: 'edge', with: WANTED },
  };
  const story = new SequenceStory(targets, more.id ?? A);
  story.intent(examplePlan(steps, ['us-east', 'eu-west'], more.plan), { mode: more.mode });
  return story;
}

const commanded = (more: Parameters<typeof sequence>[0] = {}): SequenceStory => {
  const story = sequence(more);
  story.applied('first');
  story.reading('first', { 'global/client': NEW });
  return story;
};
const applied = (more: Parameters<typeof sequence>[0] = {}): SequenceStory => {
  const story = commanded(more);
  story.applied('roles');
  return story;
};
const ready = (more: Parameters<typeof sequence>[0] = {}): SequenceStory => {
  const story = applied(more);
  story.reading('roles', { 'global/realm': { value: 'new' } });
  return story;
};
const ended = (story: SequenceStory): SequenceStory => {
  story.decision('abort');
  if (story.state.status !== 'ended') story.applied(lastCommanded(story));
  return story;
};
const lastCommanded = (story: SequenceStory): string =>
  story.orders.flatMap((order) => (order.kind === 'command' ? order.data.step : [])).at(-1) as string;

const mutation = (more: Partial<MutationData> = {}): MutationData => exampleMutation({ with: WANTED, ...more });
const byUs = (step: string, attempt = 1, id = A): Partial<MutationData> => ({
  by: { kind: 'executor', attemptId: `${id}/${step}/${attempt}` },
});
const UNMARKED: Partial<MutationData> = { by: { kind: 'executor', attemptId: null } };
const states = (...stories: SequenceStory[]): Record<string, SequenceState> =>
  Object.fromEntries(stories.map(({ sequenceId, state }) => [sequenceId, state]));
const no = { kind: 'not-applied', code: 'busy', message: 'locked', retriable: true, evidence: {} } as const;

const after = (story: SequenceStory, ...doing: ((story: SequenceStory) => unknown)[]): SequenceStory => {
  doing.forEach((one) => one(story));
  return story;
};

describe('a mutation by somebody else', () => {
  it.each<[string, string, () => SequenceStory[], Partial<MutationData>]>([
    ['early', 'while the step waits', () => [sequence()], {}],
    ['early', 'before a plan that starts on resume began', () => [sequence({ plan: { start: 'on-resume' } })], {}],
    ['expected', 'while the step is commanded', () => [commanded()], {}],
    ['expected', 'while it is tried again later', () => [after(commanded(), (s) => s.result('roles', no))], {}],
    [
      'expected',
      'while it is not known whether it took effect',
      () => [after(commanded(), (s) => s.result('roles', { kind: 'unknown', reason: 'lost', evidence: {} }))],
      {},
    ],
    ['repeated', 'when the step is applied', () => [applied()], {}],
    ['repeated', 'when the step is ready', () => [ready()], {}],
    ['late', 'when its sequence ended without it', () => [ended(sequence())], {}],
    ['repeated', 'when its sequence ended after it', () => [ended(ready())], {}],
    ['different-content', 'with another value', () => [sequence()], { with: OTHER }],
    ['different-content', 'with another value, of an ended sequence', () => [ended(ready())], { with: OTHER }],
    ['different-content', 'that removes what is planned', () => [sequence()], { effect: 'removed' }],
    ['undeclared', 'of another resource', () => [sequence()], { with: { name: 'two', value: 'new' } }],
    ['undeclared', 'that does not tell which resource', () => [sequence()], { with: { value: 'new' } }],
    ['undeclared', 'of a kind that no target declares', () => [sequence()], { change: null, with: {} }],
    ['undeclared', 'of another change', () => [sequence()], { change: 'set@v2' }],
    ['undeclared', 'of a target no plan is about', () => [], {}],
    ['undeclared', 'that only a preview names', () => [sequence({ mode: 'preview' })], {}],
  ])('is %s %s', (expected, _when, stories, more) => {
    const all = stories();
    const fact = new TargetStory().see(mutation(more), states(...all));
    expect(fact).toMatchObject({ class: expected, by: 'other', previous: null });
    expect(fact.match).toEqual(expected === 'undeclared' ? null : { sequenceId: A, step: 'roles' });
    expect(fact.reason.length).toBeGreaterThan(10);
  });

  it('is not taken for what is planned when it tells nothing of what it set', () => {
    const untold = mutation({ with: { name: 'one' } });
    for (const story of [sequence(), commanded(), ready()]) {
      const target = new TargetStory();
      target.see(mutation({ with: OTHER }), states());
      expect(target.see(untold, states(story))).toMatchObject({ class: 'different-content', match: { step: 'roles' } });
    }
    const removed = new TargetStory().see({ ...untold, effect: 'removed' }, states(sequence()));
    expect(removed.class).toBe('different-content');
  });

  it('is late when a newer plan has replaced what it says', () => {
    const old = ended(ready());
    const newer = new SequenceStory(targets, B);
    newer.after(60_000);
    newer.intent(examplePlan({ roles: { target: 'idp', with: OTHER } }, ['us-east']));
    newer.applied('roles');
    expect(new TargetStory().see(mutation(), states(old, newer))).toMatchObject({
      class: 'late',
      match: { sequenceId: A, step: 'roles' },
    });
  });

  it('is repeated when it comes again, and early again after it was undone', () => {
    const target = new TargetStory();
    const open = states(sequence());
    const classes = [mutation(), mutation(), mutation({ effect: 'removed' }), mutation()].map(
      (one) => target.see(one, open).class,
    );
    expect(classes).toEqual(['early', 'repeated', 'different-content', 'early']);
  });

  it('is repeated when our own work already left it so', () => {
    const target = new TargetStory();
    const open = states(commanded());
    target.see(mutation(byUs('roles')), open);
    expect(target.see(mutation(), open)).toMatchObject({ class: 'repeated', previous: target.stream[0]?.[0].mutation });
  });

  it('of another resource is no repetition', () => {
    const target = new TargetStory();
    target.see(mutation({ resource: 'a' }), states(sequence()));
    expect(target.see(mutation({ resource: 'b' }), states(sequence()))).toMatchObject({
      class: 'early',
      previous: null,
    });
  });

  it('is matched to the step of its own region', () => {
    const story = new SequenceStory(targets, A);
    const inUs = { target: 'edge', with: WANTED, scopes: ['us-east'] };
    story.intent(examplePlan({ us: inUs, eu: { ...inUs, scopes: ['eu-west'] } }, ['us-east', 'eu-west']));
    const at = (scope: string, member: string): MutationData =>
      mutation({ target: 'edge', scopes: [{ scope, members: [member] }] });
    const seen = (one: MutationData) => new TargetStory().see(one, states(story));
    expect(seen(at('us-east', 'us-1'))).toMatchObject({ class: 'expected', match: { step: 'us' } });
    expect(seen(at('eu-west', 'eu-1'))).toMatchObject({ class: 'early', match: { step: 'eu' } });
    expect(seen(at('eu-west', 'eu-9'))).toMatchObject({ class: 'undeclared' });
    expect(seen({ ...at('us-east', 'us-1'), scopes: null })).toMatchObject({ class: 'early', match: { step: 'eu' } });
  });
});

describe('a mutation of ours', () => {
  it.each<[string, string, () => SequenceStory[], Partial<MutationData>]>([
    ['expected', 'while its attempt is commanded', () => [commanded()], byUs('roles')],
    ['expected', 'when it is seen after the step was shown', () => [ready()], byUs('roles')],
    ['expected', 'when it is seen after the sequence ended', () => [ended(ready())], byUs('roles')],
    [
      'expected',
      'of an earlier attempt',
      () => [
        after(
          commanded(),
          (s) => s.result('roles', no),
          (s) => s.after(9_000),
        ),
      ],
      byUs('roles'),
    ],
    ['different-content', 'with another value than ordered', () => [commanded()], { ...byUs('roles'), with: OTHER }],
    ['different-content', 'of another resource', () => [commanded()], { ...byUs('roles'), with: { name: 'two' } }],
    ['different-content', 'of another kind', () => [commanded()], { ...byUs('roles'), change: null }],
    ['different-content', 'that removes', () => [commanded()], { ...byUs('roles'), effect: 'removed' }],
    ['undeclared', 'of a step that was not commanded', () => [sequence()], byUs('roles')],
    ['undeclared', 'of an attempt that was not commanded', () => [commanded()], byUs('roles', 2)],
    ['undeclared', 'of a step that does not exist', () => [commanded()], byUs('nothing')],
    ['undeclared', 'of a step at another target', () => [commanded()], byUs('first')],
    ['undeclared', 'of a sequence nobody knows', () => [commanded()], byUs('roles', 1, UNKNOWN)],
    ['undeclared', 'of a preview', () => [sequence({ mode: 'preview' })], byUs('roles')],
    ['undeclared', 'that names no attempt of ours', () => [commanded()], { by: { kind: 'executor', attemptId: 'x' } }],
    ['expected', 'that has no place for an attempt', () => [commanded()], UNMARKED],
    ['different-content', 'without an attempt, another value', () => [commanded()], { ...UNMARKED, with: OTHER }],
    ['undeclared', 'without an attempt, not commanded', () => [sequence()], UNMARKED],
  ])('is %s %s', (expected, _when, stories, more) => {
    const fact = new TargetStory().see(mutation(more), states(...stories()));
    expect(fact).toMatchObject({ class: expected, by: 'executor' });
    expect(fact.match).toEqual(expected === 'undeclared' ? null : { sequenceId: A, step: 'roles' });
  });

  it.each([
    ['its attempt', byUs('roles')],
    ['no attempt', UNMARKED],
  ])('that comes a second time with %s is repeated, per resource', (_name, mark) => {
    const target = new TargetStory();
    const open = states(commanded());
    const seen = (resource: string) => target.see(mutation({ ...mark, resource }), open).class;
    expect([seen('at us'), seen('at eu'), seen('at us')]).toEqual(['expected', 'expected', 'repeated']);
  });

  it('is not hidden by somebody else who did the same before', () => {
    const target = new TargetStory();
    const open = states(commanded());
    expect(target.see(mutation(), open)).toMatchObject({ class: 'expected', by: 'other' });
    expect(target.see(mutation(byUs('roles')), open)).toMatchObject({ class: 'expected', by: 'executor' });
  });

  it('without an attempt belongs to the step ordered last', () => {
    const old = ended(ready());
    const newer = new SequenceStory(targets, B);
    newer.after(60_000);
    newer.intent(examplePlan({ again: { target: 'idp', with: WANTED } }, ['us-east']));
    expect(new TargetStory().see(mutation(UNMARKED), states(old, newer)).match).toEqual({
      sequenceId: B,
      step: 'again',
    });
  });

  it('without an attempt may belong to an older step, when only that says so', () => {
    const old = ended(ready());
    const newer = new SequenceStory(targets, B);
    newer.after(60_000);
    newer.intent(examplePlan({ again: { target: 'idp', with: OTHER } }, ['us-east']));
    expect(new TargetStory().see(mutation(UNMARKED), states(old, newer))).toMatchObject({
      class: 'expected',
      match: { sequenceId: A },
    });
  });

  it('is found by its attempt however many sequences ended since', () => {
    const many = Array.from({ length: 30 }, (_, i) => {
      const story = new SequenceStory(targets, `dddddddd-0000-8000-8000-0000000000${String(i).padStart(2, '0')}`);
      story.after(60_000 + i);
      story.intent(examplePlan({ roles: { target: 'idp', with: OTHER } }, ['us-east']));
      return ended(story);
    });
    const fact = new TargetStory().see(mutation(byUs('roles')), states(ended(ready()), ...many));
    expect(fact).toMatchObject({ class: 'expected', match: { sequenceId: A } });
    expect(fact.against).toHaveLength(21);
  });
});

describe('who stops', () => {
  const held = (more: Partial<MutationData>, ...stories: SequenceStory[]) =>
    new TargetStory().see(mutation(more), states(...stories)).holds;

  it('every open sequence of the target, for anything out of sequence', () => {
    const [one, other] = [sequence(), commanded({ id: B, with: OTHER })];
    expect(held({ with: { name: 'two' } }, one, other).sort()).toEqual([A, B]);
  });

  it('no sequence for what is expected, ours or not', () => {
    expect(held({}, commanded())).toEqual([]);
    expect(held(byUs('roles'), commanded())).toEqual([]);
  });

  it('also for ours, when nothing ordered it', () => {
    expect(held(byUs('roles', 1, UNKNOWN), sequence())).toEqual([A]);
  });

  it.each<[string, () => SequenceStory]>([
    ['only record', () => sequence({ plan: { onOutOfSequence: 'record' } })],
    ['are previews', () => sequence({ mode: 'preview' })],
    ['have ended', () => ended(sequence())],
    [
      'are about other targets',
      () => after(new SequenceStory(targets, A), (s) => s.intent(examplePlan(FIRST, ['us-east']))),
    ],
  ])('none that %s', (_name, story) => {
    expect(held({}, story())).toEqual([]);
  });
});

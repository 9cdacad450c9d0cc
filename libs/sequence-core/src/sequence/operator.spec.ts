import type { ClassificationData, EvolutionRecord, HoldReason } from '@causeway/contracts';
import { exampleMutation, examplePlan, exampleTarget, kindsOf, SequenceStory } from '@causeway/testkit';
import { replay } from '../index';

const targets = new Map([
  ['idp', exampleTarget('idp', { global: ['realm'] })],
  ['edge', exampleTarget('edge', { global: ['gw'] })],
  ['flags', exampleTarget('flags', { global: ['client'] })],
]);
const STEPS = { roles: { target: 'idp' }, gateway: { target: 'edge' }, flag: { target: 'flags' } };
const M1 = '00000000-0000-7000-9000-000000000001';
const M2 = '00000000-0000-7000-9000-000000000002';

const begun = (more: Parameters<typeof examplePlan>[2] = {}, mode: 'apply' | 'preview' = 'apply'): SequenceStory => {
  const story = new SequenceStory(targets);
  story.intent(examplePlan(STEPS, ['us-east'], more), { mode });
  return story;
};
const shown = (story: SequenceStory, step: string, place: string): EvolutionRecord[] => {
  story.applied(step);
  return story.reading(step, { [place]: { value: 'new' } });
};

/** Somebody changed the flag by hand. */
const noticed = (story: SequenceStory, mutation = M1, more: Partial<ClassificationData> = {}): EvolutionRecord[] =>
  story.mutation(exampleMutation({ target: 'flags' }), {
    ...{ mutation, match: { sequenceId: story.sequenceId, step: 'flag' }, ...more },
  });
const reasonsIn = (facts: readonly EvolutionRecord[]): HoldReason[] =>
  facts.flatMap((fact) => (fact.kind === 'gate-held' ? fact.because : []));
const codeOf = (facts: readonly EvolutionRecord[]) => facts.map((fact) => 'code' in fact && fact.code);

describe('a mutation out of sequence', () => {
  it('is noticed and holds every gate that still waits, naming it, its class, its actor and its resource', () => {
    const facts = noticed(begun());
    expect(kindsOf(facts)).toEqual(['mutation-noticed flag', 'gate-held gateway', 'gate-held flag']);
    expect(facts[0]).toMatchObject({ mutation: M1, class: 'early', actor: 'idp-team', holds: true, step: 'flag' });
    const [reason] = reasonsIn(facts);
    expect(reason).toMatchObject({ step: 'gateway', scope: null, member: null, reason: 'out-of-sequence' });
    for (const part of [M1, 'early', 'idp-team', 'values/one']) expect(reason?.detail).toContain(part);
  });

  it('lets what is under way end, and commands nothing after it', () => {
    const story = begun();
    noticed(story);
    const facts = shown(story, 'roles', 'global/realm');
    expect(kindsOf(facts)).toEqual(['step-ready roles']);
    expect(story.orders.filter(({ kind }) => kind === 'command')).toHaveLength(1);
    expect(story.state).toMatchObject({ holds: { gateway: { because: [{ reason: 'out-of-sequence' }] } } });
  });

  it('keeps the other reasons of a gate beside it', () => {
    const story = begun();
    story.applied('roles');
    story.reading('roles', { 'global/realm': { value: 'old' } });
    expect(reasonsIn(noticed(story)).map(({ step, reason }) => `${step} ${reason}`)).toEqual([
      'roles not-yet',
      'gateway out-of-sequence',
      'flag out-of-sequence',
    ]);
    expect(reasonsIn(story.reading('roles', { 'global/realm': null })).map(({ reason }) => reason)).toEqual([
      'unreachable',
      'out-of-sequence',
    ]);
  });

  it('tries nothing again and asks for the outcome of what was tried', () => {
    const story = begun();
    story.result('roles', { kind: 'not-applied', code: 'busy', message: 'locked', retriable: true, evidence: {} });
    noticed(story);
    expect(story.after(60_000)).toEqual([]);
    story.decision('resume', [M1]);
    expect(kindsOf(story.after(1_000))).toEqual(['step-commanded roles']);
    story.result('roles', { kind: 'unknown', reason: 'lost', evidence: {} });
    noticed(story, M2);
    expect(story.command('roles').data.verb).toBe('look-up');
  });

  it('holds the end of the sequence when all its steps are shown', () => {
    const story = begun();
    shown(story, 'roles', 'global/realm');
    shown(story, 'gateway', 'global/gw');
    expect(kindsOf(noticed(story))).toEqual(['mutation-noticed flag', 'gate-held']);
    expect(kindsOf(shown(story, 'flag', 'global/client'))).toEqual(['step-ready flag']);
    expect(story.state.status).toBe('open');
    expect(kindsOf(story.decision('resume', [M1]))).toEqual(['sequence-resumed', 'gate-opened', 'sequence-ended']);
    expect(story.state).toMatchObject({ outcome: 'completed', mutations: { [M1]: { class: 'early', holds: false } } });
  });

  it('is one reason a mutation, each since it was noticed', () => {
    const story = begun();
    const first = story.at;
    noticed(story);
    story.after(1_000);
    const reasons = reasonsIn(noticed(story, M2)).map(({ step, detail, since }) => [step, detail.slice(9, 45), since]);
    const named = [
      [M1, first],
      [M2, story.at],
    ];
    expect(reasons).toEqual(['gateway', 'flag'].flatMap((step) => named.map((one) => [step, ...one])));
  });

  it('only records where the plan says so, and goes on', () => {
    const story = begun({ onOutOfSequence: 'record' });
    expect(noticed(story)).toMatchObject([{ kind: 'mutation-noticed', holds: false }]);
    expect(kindsOf(shown(story, 'roles', 'global/realm'))).toContain('step-commanded gateway');
  });

  it('that is expected is noted and holds nothing', () => {
    const story = begun();
    expect(noticed(story, M1, { class: 'expected' })).toMatchObject([{ kind: 'mutation-noticed', holds: false }]);
    expect(kindsOf(shown(story, 'roles', 'global/realm'))).toContain('step-commanded gateway');
  });

  it('that comes twice, or to a preview, changes nothing', () => {
    const story = begun();
    noticed(story);
    expect(noticed(story)).toEqual([]);
    expect(noticed(begun({}, 'preview'))).toEqual([]);
  });

  it('does not keep a failed sequence open', () => {
    const story = begun();
    noticed(story);
    const no = { kind: 'not-applied', code: 'gone', message: 'no such realm', retriable: false, evidence: {} } as const;
    expect(kindsOf(story.result('roles', no))).toEqual(['step-not-applied roles', 'sequence-ended']);
    expect(story.state).toMatchObject({ outcome: 'failed' });
  });

  it('of which there are very many still makes records that fit their message', () => {
    const waiting = Array.from({ length: 199 }, (_, i) => [`step-${i}`, { target: 'flags' }]);
    const story = new SequenceStory(targets);
    story.intent(examplePlan({ roles: { target: 'idp' }, ...Object.fromEntries(waiting) }, ['us-east']));
    const told = { reason: 'x'.repeat(1_900) };
    const sizes = Array.from({ length: 50 }, (_, i) => {
      const facts = noticed(story, `00000000-0000-7000-9000-${String(i).padStart(12, '0')}`, told);
      if (i === 0) expect(facts).toHaveLength(200);
      return JSON.stringify(facts).length;
    });
    expect(Math.max(...sizes)).toBeLessThan(200_000);
    expect(story.state).toMatchObject({ status: 'open' });
  });
});

describe('resume', () => {
  it('goes on once every mutation is accepted, with those accepted in the record', () => {
    const story = begun();
    noticed(story);
    noticed(story, M2, { class: 'repeated' });
    shown(story, 'roles', 'global/realm');
    expect(codeOf(story.decision('resume', [M1]))).toEqual(['not-all-accepted']);
    const facts = story.decision('resume', [M2, M1]);
    expect(kindsOf(facts)).toEqual(['sequence-resumed', 'gate-opened gateway', 'step-commanded gateway']);
    expect(facts[0]).toMatchObject({ accepted: [M2, M1], by: 'operator', reason: 'as agreed' });
    expect(story.state).toMatchObject({ holds: {}, mutations: { [M1]: { holds: false }, [M2]: { holds: false } } });
  });

  it('of a later mutation needs only that one', () => {
    const story = begun();
    noticed(story);
    story.decision('resume', [M1]);
    noticed(story, M2);
    expect(kindsOf(story.decision('resume', [M2]))).toEqual(['sequence-resumed']);
  });

  it('takes only the operator out of the reasons of a gate', () => {
    const story = begun();
    story.applied('roles');
    story.reading('roles', { 'global/realm': { value: 'old' } });
    noticed(story);
    story.decision('resume', [M1]);
    expect(story.state).toMatchObject({ holds: { gateway: { because: [{ reason: 'not-yet' }] } } });
    expect(story.state).not.toHaveProperty('holds.flag');
  });

  it.each<[string, () => SequenceStory, string[]]>([
    ['not-waiting', () => begun(), []],
    ['not-waiting', () => begun({}, 'preview'), []],
    [
      'unknown-mutation',
      () => {
        const story = begun();
        noticed(story);
        return story;
      },
      [M1, M2],
    ],
    [
      'already-aborting',
      () => {
        const story = begun();
        story.decision('abort');
        return story;
      },
      [],
    ],
    [
      'never-accepted',
      () => {
        const story = new SequenceStory(targets);
        story.intent(examplePlan({ a: { target: 'nowhere' } }, ['us-east']));
        return story;
      },
      [],
    ],
  ])('that does not fit is refused as %s and changes nothing', (code, story, accept) => {
    const told = story();
    const before = told.state;
    const facts = told.decision('resume', accept);
    expect(facts).toMatchObject([{ kind: 'input-refused', type: 'decision', code }]);
    expect({ ...told.state, version: 0 }).toEqual({ ...before, version: 0 });
  });

  it('of a sequence nobody knows changes nothing', () => {
    expect(new SequenceStory(targets).decision('resume')).toEqual([]);
  });
});

describe('a plan that starts on resume', () => {
  it('commands nothing and says why, until it is begun', () => {
    const story = new SequenceStory(targets);
    const facts = story.intent(examplePlan(STEPS, ['us-east'], { start: 'on-resume' }));
    expect(kindsOf(facts)).toEqual(['sequence-accepted', 'gate-held roles']);
    expect(reasonsIn(facts)).toMatchObject([{ step: 'roles', reason: 'not-begun', scope: null, member: null }]);
    expect(story.orders).toEqual([]);
    expect(kindsOf(story.decision('resume'))).toEqual([
      'sequence-resumed',
      'keys-taken',
      'gate-opened roles',
      'step-commanded roles',
    ]);
  });

  it('is begun only with what happened meanwhile accepted', () => {
    const story = begun({ start: 'on-resume' });
    noticed(story);
    expect(codeOf(story.decision('resume'))).toEqual(['not-all-accepted']);
    expect(kindsOf(story.decision('resume', [M1]))).toContain('step-commanded roles');
  });

  it('only looks in preview, at once', () => {
    expect(begun({ start: 'on-resume' }, 'preview').orders).toHaveLength(3);
  });
});

describe('replay', () => {
  it('of a held, resumed and aborted sequence gives the state that deciding left', () => {
    const story = begun({ start: 'on-resume' });
    noticed(story);
    story.decision('resume', [M1]);
    noticed(story, M2);
    shown(story, 'roles', 'global/realm');
    expect(replay(story.facts)).toEqual(story.state);
    story.decision('abort');
    expect(replay(story.facts)).toEqual(story.state);
  });
});

describe('more mutations than one decision can name', () => {
  const ids = Array.from({ length: 1_001 }, (_, i) => `00000000-0000-7000-9000-${String(i).padStart(12, '0')}`);
  const flooded = (): SequenceStory => {
    const story = begun();
    for (const id of ids) noticed(story, id);
    shown(story, 'roles', 'global/realm');
    return story;
  };

  it('are accepted in parts: it stays held after the first, and goes on after the last', () => {
    const story = flooded();
    const first = story.decision('resume', ids.slice(0, 1_000));
    expect(kindsOf(first)).toEqual(['sequence-resumed', 'gate-held gateway', 'gate-held flag']);
    for (const { detail } of reasonsIn(first)) expect(detail).toContain(ids[1_000]);
    expect(kindsOf(story.decision('resume', ids.slice(1_000)))).toEqual([
      ...['sequence-resumed', 'gate-opened gateway', 'step-commanded gateway'],
    ]);
  });

  it('are not left out by a slip: a part is as large as it can be', () => {
    expect(codeOf(flooded().decision('resume', ids.slice(0, 999)))).toEqual(['not-all-accepted']);
  });
});

import type { HoldReason } from '@causeway/contracts';
import { exampleMutation, examplePlan, exampleTarget, kindsOf, SequenceStory } from '@causeway/testkit';
import fc from 'fast-check';
import { replay } from '../index';
import { seenAfter } from './evidence-age';

const targets = new Map(['idp', 'edge', 'flags'].map((name) => [name, exampleTarget(name, { global: ['one'] })]));
const DIAMOND = {
  roles: { target: 'idp', needs: [] },
  gateway: { target: 'edge', needs: [] },
  flag: { target: 'flags', needs: ['roles', 'gateway'] },
};
const M1 = '00000000-0000-7000-9000-000000000001';

/** What is asked of the probes, whose evidence may be 10 s old. */
const begun = (steps: Parameters<typeof examplePlan>[0] = DIAMOND, plan = {}): SequenceStory => {
  const story = new SequenceStory(targets);
  story.intent(examplePlan(steps, ['us-east'], plan));
  return story;
};
const sees = (story: SequenceStory, step: string, value = 'new', ageMs = 0) =>
  story.reading(step, { 'global/one': { value } }, 1, ageMs);
/** Roles are shown, the gateway only so much later. */
function waited(ms: number): SequenceStory {
  const story = begun();
  story.applied('roles');
  story.applied('gateway');
  sees(story, 'roles');
  story.after(ms);
  return story;
}
const reasonsIn = (facts: ReturnType<SequenceStory['when']>): HoldReason[] =>
  facts.flatMap((fact) => (fact.kind === 'gate-held' ? fact.because : []));
const LOOKED_AGAIN = ['step-ready gateway', 'probe-requested roles', 'probe-requested gateway', 'gate-held flag'];

describe('a gate whose needs were shown at different times', () => {
  it('opens when what shows them is at most as old as it may be', () => {
    const facts = sees(waited(10_000), 'gateway');
    expect(kindsOf(facts)).toEqual(['step-ready gateway', 'gate-opened flag', 'step-commanded flag']);
    expect(facts[0]).toMatchObject({ seenAfter: '2026-01-01T03:00:10.000Z' });
  });

  it('has them all looked at once more when one is older, and says so', () => {
    const facts = sees(waited(10_001), 'gateway');
    expect(kindsOf(facts)).toEqual(LOOKED_AGAIN);
    expect(reasonsIn(facts)).toMatchObject(
      ['roles', 'gateway'].map((step) => ({ step, reason: 'stale', verdict: 'inconclusive', scope: null })),
    );
    expect(reasonsIn(facts)[0]?.detail).toContain('10000 ms');
  });

  it('opens once they are shown again, on the new evidence', () => {
    const story = waited(60_000);
    sees(story, 'gateway');
    expect(kindsOf(sees(story, 'roles'))).toEqual(['step-ready roles']);
    story.after(2_000);
    const facts = sees(story, 'gateway');
    expect(kindsOf(facts)).toEqual(['step-ready gateway', 'gate-opened flag', 'step-commanded flag']);
    expect(replay(story.facts)).toEqual(story.state);
  });

  it('stays closed when one has fallen back meanwhile, naming the member', () => {
    const story = waited(60_000);
    sees(story, 'gateway');
    sees(story, 'gateway');
    const facts = sees(story, 'roles', 'old');
    expect(kindsOf(facts)).toEqual(['scope-withdrawn roles', 'gate-held flag']);
    expect(reasonsIn(facts)).toMatchObject([{ step: 'roles', member: 'one', reason: 'disagreeing' }]);
    expect(story.orders.some((order) => order.kind === 'command' && order.data.step === 'flag')).toBe(false);
  });

  it('stays closed when one cannot be seen any more; that is no falling back', () => {
    const story = waited(60_000);
    sees(story, 'gateway');
    sees(story, 'gateway');
    const facts = story.reading('roles', { 'global/one': null });
    expect(kindsOf(facts)).toEqual(['gate-held flag']);
    expect(reasonsIn(facts)).toMatchObject([{ step: 'roles', member: 'one', reason: 'unreachable' }]);
    expect(story.state).toMatchObject({ steps: { roles: { phase: 'applied', shown: [{ scope: 'global' }] } } });
  });

  it('keeps when a scope became effective', () => {
    const story = waited(60_000);
    sees(story, 'gateway');
    const [again] = sees(story, 'roles');
    expect(again).toMatchObject({ scopes: [{ effectiveAt: '2026-01-01T03:00:00.000Z' }] });
  });
});

describe('an age', () => {
  it('counts from when the looks began, not from when they were told', () => {
    const story = waited(6_000);
    story.after(9_000);
    expect(kindsOf(sees(story, 'gateway', 'new', 9_000))).toEqual(LOOKED_AGAIN);
    expect(story.facts.findLast(({ kind }) => kind === 'step-ready')).toMatchObject({
      seenAfter: '2026-01-01T03:00:06.000Z',
    });
  });

  it('that cannot be, after the clock was set back, is not known: it is looked at once more', () => {
    expect(kindsOf(sees(waited(-1), 'gateway'))).toEqual(LOOKED_AGAIN);
  });

  it('is never less than since the request, nor later than the decision', () => {
    expect(seenAfter('2026-01-01T00:00:10.000Z', 500, '2026-01-01T00:00:11.000Z')).toBe('2026-01-01T00:00:10.500Z');
    expect(seenAfter('2026-01-01T00:00:10.000Z', 5_000, '2026-01-01T00:00:11.000Z')).toBe('2026-01-01T00:00:11.000Z');
    expect(seenAfter('2026-01-01T00:00:10.000Z', 500, '2026-01-01T00:00:09.000Z')).toBe('2026-01-01T00:00:10.000Z');
  });

  it('is not asked of steps that need no look', () => {
    const story = begun({ ...DIAMOND, roles: { ...DIAMOND.roles, ready: { rung: 'accepted' } } });
    story.applied('roles');
    story.applied('gateway');
    story.after(60_000);
    expect(kindsOf(sees(story, 'gateway'))).toContain('gate-opened flag');
  });

  it('is not asked of a sequence that an older release accepted', () => {
    const story = waited(60_000);
    if (story.state.status !== 'open') throw new Error('not open');
    const { acceptance } = story.state;
    const steps = acceptance.steps.map(({ show, ...step }) => {
      const { validForMs: _unknown, ...known } = show!;
      return { ...step, show: known };
    });
    story.state = { ...story.state, acceptance: { ...acceptance, steps } };
    expect(kindsOf(sees(story, 'gateway'))).toContain('gate-opened flag');
  });

  it('may be as long as it takes to show a step so often in a row', () => {
    const story = begun({ ...DIAMOND, roles: { ...DIAMOND.roles, ready: { consecutive: 20 } } });
    story.applied('roles');
    story.applied('gateway');
    story.reading('roles', { 'global/one': { value: 'new' } }, 20);
    story.after(45_000);
    expect(kindsOf(sees(story, 'gateway'))).toContain('gate-opened flag');
  });
});

describe('a gate that waited for a person', () => {
  const held = (): SequenceStory => {
    const story = begun({ roles: { target: 'idp' }, gateway: { target: 'edge' } });
    story.mutation(exampleMutation({ target: 'edge' }), {
      ...{ mutation: M1, match: { sequenceId: story.sequenceId, step: 'gateway' } },
    });
    story.applied('roles');
    sees(story, 'roles');
    story.after(3_600_000);
    return story;
  };

  it('has its needs looked at once more when it is let go on', () => {
    const story = held();
    const facts = story.decision('resume', [M1]);
    expect(kindsOf(facts)).toEqual(['sequence-resumed', 'probe-requested roles', 'gate-held gateway']);
    expect(kindsOf(sees(story, 'roles'))).toEqual([
      'step-ready roles',
      'gate-opened gateway',
      'step-commanded gateway',
    ]);
  });

  it('at the end of the sequence too', () => {
    const story = begun({ roles: { target: 'idp' } });
    story.mutation(exampleMutation({ target: 'idp' }), { mutation: M1 });
    story.applied('roles');
    sees(story, 'roles');
    story.after(3_600_000);
    expect(kindsOf(story.decision('resume', [M1]))).toEqual(['sequence-resumed', 'probe-requested roles', 'gate-held']);
    expect(kindsOf(sees(story, 'roles'))).toEqual(['step-ready roles', 'gate-opened', 'sequence-ended']);
  });

  it('stays closed when what was accepted had undone a step, until it is so again', () => {
    const story = held();
    story.decision('resume', [M1]);
    sees(story, 'roles', 'old');
    expect(story.state).toMatchObject({ status: 'open', holds: { gateway: { because: [{ step: 'roles' }] } } });
    expect(kindsOf(sees(story, 'roles'))).toContain('step-commanded gateway');
  });

  it('may be aborted while its needs are looked at', () => {
    const story = held();
    story.decision('resume', [M1]);
    expect(kindsOf(story.decision('abort'))).toEqual(['sequence-aborted', 'sequence-ended']);
  });
});

describe('an attempt after the first', () => {
  const BUSY = { kind: 'not-applied', code: 'busy', message: 'locked', retriable: true, evidence: {} } as const;
  const tried = (takesMs: number): SequenceStory => {
    const story = begun({ roles: { target: 'idp' }, gateway: { target: 'edge' } });
    story.applied('roles');
    sees(story, 'roles');
    story.after(takesMs);
    story.result('gateway', BUSY);
    return story;
  };

  it('has a gate of its own, on the same evidence while that is new enough', () => {
    expect(kindsOf(tried(1_000).after(2_000))).toEqual(['gate-opened gateway', 'step-commanded gateway']);
  });

  it('waits for its needs to be shown again when they were seen too long ago', () => {
    const story = tried(60_000);
    expect(kindsOf(story.after(2_000))).toEqual(['probe-requested roles', 'gate-held gateway']);
    expect(kindsOf(story.after(1_000))).toEqual([]);
    expect(kindsOf(sees(story, 'roles', 'old'))).toEqual(['scope-withdrawn roles', 'gate-held gateway']);
    expect(kindsOf(story.after(1_000))).toEqual([]);
    expect(kindsOf(sees(story, 'roles'))).toEqual(['step-ready roles']);
    const facts = story.after(1_000);
    expect(facts).toMatchObject([{ kind: 'gate-opened' }, { kind: 'step-commanded', attempt: 2 }]);
    expect(story.state).toMatchObject({ holds: {} });
  });
});

describe('while a step is looked at once more', () => {
  const again = (): SequenceStory => {
    const story = waited(60_000);
    sees(story, 'gateway');
    sees(story, 'gateway');
    return story;
  };

  it('a prober that says nothing is told as silence, and asked again after a minute', () => {
    const story = again();
    expect(kindsOf(story.after(9_000))).toEqual([]);
    expect(reasonsIn(story.after(1_000))).toMatchObject([{ step: 'roles', member: 'one', reason: 'stale' }]);
    expect(kindsOf(story.after(50_000))).toEqual(['probe-requested roles']);
  });

  it('it is overdue only when that itself takes too long', () => {
    const story = again();
    expect(kindsOf(story.after(599_000))).not.toContain('step-overdue roles');
    expect(kindsOf(story.after(1_000))).toContain('step-overdue roles');
  });

  it('gates that have opened before are held no more', () => {
    const shared = { ...DIAMOND, first: { target: 'idp', needs: ['roles'], with: { value: 'other' } } };
    const story = begun(shared);
    story.applied('roles');
    expect(kindsOf(sees(story, 'roles'))).toContain('step-commanded first');
    story.applied('gateway');
    story.after(60_000);
    expect(kindsOf(sees(story, 'gateway'))).toEqual(LOOKED_AGAIN);
  });

  it('two gates that need it wait for one look', () => {
    const story = begun({
      ...DIAMOND,
      other: { target: 'idp', needs: ['roles', 'gateway'], with: { value: 'other' } },
    });
    story.applied('roles');
    story.applied('gateway');
    sees(story, 'roles');
    story.after(60_000);
    const asked = kindsOf(sees(story, 'gateway')).filter((kind) => kind.startsWith('probe-requested'));
    expect(asked).toEqual(['probe-requested roles', 'probe-requested gateway']);
    sees(story, 'roles');
    const opened = kindsOf(sees(story, 'gateway')).filter((kind) => kind.startsWith('gate-opened'));
    expect(opened).toEqual(['gate-opened flag', 'gate-opened other']);
  });
});

describe('whenever the needs of a gate are shown', () => {
  const move = fc.record({ wait: fc.integer({ min: 0, max: 15_000 }), age: fc.integer({ min: 0, max: 9_000 }) });

  it('it opens only on what was seen within 10 s, and does open in the end', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('roles', 'gateway'), move), { maxLength: 12 }), (moves) => {
        const story = begun();
        story.applied('roles');
        story.applied('gateway');
        const seenMs = new Map<string, number>();
        const look = (step: string, ageMs: number): boolean => {
          seenMs.set(step, Date.parse(story.at) - ageMs);
          const isOpen = kindsOf(sees(story, step, 'new', ageMs)).includes('gate-opened flag');
          if (isOpen) for (const at of seenMs.values()) expect(Date.parse(story.at) - at).toBeLessThanOrEqual(10_000);
          return isOpen;
        };
        const isWaited = (step: string): boolean =>
          story.state.status === 'open' && story.state.steps[step]?.phase === 'applied';
        for (const [step, { wait, age }] of moves) {
          story.after(wait);
          const { changedAt } = (story.state as { steps: Record<string, { changedAt: string }> }).steps[step]!;
          if (isWaited(step) && look(step, Math.min(age, Date.parse(story.at) - Date.parse(changedAt)))) return;
        }
        story.after(1_000);
        for (let i = 0; i < 3; i++)
          for (const step of ['roles', 'gateway']) if (isWaited(step) && look(step, 0)) return;
        throw new Error('it never opened');
      }),
    );
  });
});

import { exampleMutation, kindsOf, type SequenceStory } from '@causeway/testkit';
import fc from 'fast-check';
import { begun, DIAMOND, LOOKED_AGAIN, reasonsIn, sees, waited } from '../../spec/diamond';
import { replay } from '../index';
import { seenAfter } from './evidence-age';

const M1 = '00000000-0000-7000-9000-000000000001';

describe('a gate whose needs were shown at different times', () => {
  it('opens when what shows them is at most as old as it may be', () => {
    const facts = sees(waited(10_000), 'gateway');
    expect(kindsOf(facts)).toEqual(['step-ready gateway', 'gate-opened flag', 'step-commanded flag']);
    expect(facts[0]).toMatchObject({ seenAfter: '2026-01-01T03:00:10.000Z' });
  });

  it('has them all looked at once more when one is older, and says so', () => {
    const story = waited(10_001);
    const facts = sees(story, 'gateway');
    expect(kindsOf(facts)).toEqual(LOOKED_AGAIN);
    expect(reasonsIn(facts)).toEqual([
      {
        ...{ step: 'roles', scope: null, member: null, verdict: 'inconclusive', reason: 'stale' },
        ...{ lastReadingAt: null, since: story.at },
        detail: 'step roles was shown ready more than 10000 ms ago: it is looked at once more',
      },
    ]);
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

import type { MutationData } from '@causeway/contracts';
import { exampleMutation, examplePlan, exampleTarget, SequenceStory, TargetStory } from '@causeway/testkit';
import fc from 'fast-check';
import { classify, concernedBy, NEWEST_RULES, replayTarget, type SequenceAt, type TargetState } from '../index';

const targets = new Map([['idp', exampleTarget('idp', { global: ['realm'] })]]);
const IDS = ['aaaaaaaa-0000-8000-8000-000000000001', 'bbbbbbbb-0000-8000-8000-000000000002'] as const;

/** A sequence that has gone so many moves of its life. */
function sequence(id: string, moves: number, value: string, mode: 'apply' | 'preview'): SequenceAt {
  const story = new SequenceStory(targets, id);
  const steps = { a: { target: 'idp', with: { value } }, b: { target: 'idp', with: { value: 'other' }, needs: ['a'] } };
  const life = [
    () => story.intent(examplePlan(steps, ['us-east']), { mode }),
    () => story.applied('a'),
    () => story.reading('a', { 'global/realm': { value } }),
    () => story.result('b', { kind: 'unknown', reason: 'lost', evidence: {} }),
    () => story.result('b', { kind: 'looked-up', state: 'in-effect', byThisAttempt: true, evidence: {} }),
    () => story.decision('abort'),
  ];
  for (const move of life.slice(0, mode === 'apply' ? moves : 1)) move();
  return { sequenceId: id, state: story.state };
}

const values = fc.constantFrom('new', 'other', 'third');
const sequences: fc.Arbitrary<SequenceAt[]> = fc
  .tuple(...IDS.map(() => fc.record({ moves: fc.nat(6), value: values, mode: fc.constantFrom('apply', 'preview') })))
  .map((lives) => lives.map(({ moves, value, mode }, i) => sequence(IDS[i] as string, moves, value, mode)));

const marks: fc.Arbitrary<MutationData['by']> = fc.oneof(
  fc.constant({ kind: 'other' as const }),
  fc
    .option(
      fc.tuple(fc.constantFrom(...IDS, 'x'), fc.constantFrom('a', 'b', 'c'), fc.nat(2)).map((parts) => parts.join('/')),
    )
    .map((attemptId) => ({ kind: 'executor' as const, attemptId })),
);
type Places = NonNullable<MutationData['scopes']>;
const mutations: fc.Arbitrary<MutationData> = fc
  .record({
    by: marks,
    with: fc.oneof(
      values.map((value) => ({ value })),
      fc.constant({}),
    ),
    effect: fc.constantFrom('set' as const, 'removed' as const),
    change: fc.constantFrom('set@v1', 'set@v2', null),
    resource: fc.constantFrom('one', 'two', '__proto__'),
    scopes: fc.option(fc.constant<Places>([{ scope: 'global', members: ['realm'] }])),
  })
  .map((more) => exampleMutation(more));

/** Everything about when, who and through what: only evidence, never a reason for a class. */
const circumstances = fc
  .record({ ms: fc.integer({ min: 0, max: 4e12 }), name: fc.option(fc.string({ maxLength: 20 })) })
  .map(({ ms, name }): Partial<MutationData> => {
    const at = new Date(ms).toISOString();
    return {
      happened: { kind: 'at', at },
      observedAt: at,
      actor: { kind: 'user', name },
      channel: { client: name, token: null, address: null },
      source: { id: at, detail: {} },
    };
  });

/** The state that a history of mutations leaves. */
const targetAfter = (history: readonly MutationData[], known: readonly SequenceAt[]): TargetState => {
  const story = new TargetStory();
  const states = Object.fromEntries(known.map(({ sequenceId, state }) => [sequenceId, state]));
  history.forEach((mutation) => story.see(mutation, states));
  expect(replayTarget(story.stream)).toEqual(story.state);
  return story.state;
};

const scenes = fc.record({ known: sequences, history: fc.array(mutations, { maxLength: 6 }), mutation: mutations });

describe('whatever is seen', () => {
  it('ours never becomes foreign and foreign never ours: the mark alone decides', () => {
    fc.assert(
      fc.property(scenes, marks, ({ known, history, mutation }, mark) => {
        const target = targetAfter(history, known);
        const [one, other] = [mutation, { ...mutation, by: mark }].map((seen) =>
          classify(seen, target, known, NEWEST_RULES),
        );
        expect(one?.by).toBe(mutation.by.kind);
        expect(other?.by).toBe(mark.kind);
        for (const found of [one, other]) if (found?.by === 'executor') expect(found.class).not.toMatch(/early|late/);
      }),
      { numRuns: 300 },
    );
  });

  it('the times, the actor and the channel change nothing', () => {
    fc.assert(
      fc.property(scenes, circumstances, ({ known, history, mutation }, more) => {
        const target = targetAfter(history, known);
        const [one, other] = [mutation, { ...mutation, ...more }].map((seen) =>
          classify(seen, target, known, NEWEST_RULES),
        );
        expect(other).toEqual(one);
      }),
      { numRuns: 300 },
    );
  });

  it('a class has its step exactly when something declares it, and a reason always', () => {
    fc.assert(
      fc.property(scenes, ({ known, history, mutation }) => {
        const found = classify(mutation, targetAfter(history, known), known, NEWEST_RULES);
        expect(found.match === null).toBe(found.class === 'undeclared');
        expect(found.reason).not.toBe('');
        const concerned = concernedBy({ ...found, target: mutation.target }, known);
        expect(found.holds.every((id) => concerned.includes(id))).toBe(true);
        expect(found.holds.length > 0 && found.class === 'expected').toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('the same ledger gives the same class: the stream replayed, the sequences as named', () => {
    fc.assert(
      fc.property(sequences, fc.array(mutations, { minLength: 1, maxLength: 8 }), (known, history) => {
        const story = new TargetStory();
        const states = Object.fromEntries(known.map(({ sequenceId, state }) => [sequenceId, state]));
        history.forEach((mutation) => story.see(mutation, states));
        story.stream.forEach(([fact], i) => {
          const named = fact.against.map(({ sequenceId }) => ({ sequenceId, state: states[sequenceId]! }));
          const again = classify(
            history[i] as MutationData,
            replayTarget(story.stream.slice(0, i)),
            named,
            NEWEST_RULES,
          );
          const { class: of, by, reason, match, previous, holds } = fact;
          expect(again).toEqual({ class: of, by, reason, match, previous, holds });
        });
      }),
      { numRuns: 200 },
    );
  });
});

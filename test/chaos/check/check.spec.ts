import type { Acknowledged } from '../load/driver';
import type { WorldWrite } from '../world/journal';
import { doubled, noDoubleGoesUnnoticed, noGateOpenedEarly, theLedgerTellsWhatWas } from './effects';
import type { Evidence, ToldSequence } from './evidence';
import { intentsAreKept } from './intents';

const ID = '5f0c8c1e-0000-4000-8000-000000000001';
const INTENT: Acknowledged = { key: 'n1', sequenceId: ID, way: 'http', at: 1 };

/** Of a fact only what the checker reads. */
const told = (...facts: object[]): ToldSequence => ({
  facts: facts.map((fact, index) => ({ fact: fact as ToldSequence['facts'][number]['fact'], index })),
});
const write = (step: 'alpha' | 'beta', at: number, more: Partial<WorldWrite> = {}): WorldWrite => ({
  ...{ at, target: step, capability: 'C', resource: 'n1', value: 'n1', attemptId: `${ID}/${step}/1`, by: '7' },
  ...{ effect: true, effectiveAt: { east: at + 10, west: at + 50 }, answer: 'sent' },
  ...more,
});
const ACCEPTED = {
  kind: 'sequence-accepted',
  steps: [
    { id: 'alpha', needs: [] },
    { id: 'beta', needs: ['alpha'] },
  ],
};
const ENDED = { kind: 'sequence-ended', outcome: 'completed' };
const applied = (step: string): object => ({ kind: 'step-applied', step, attempt: 1 });
const STORY = [ACCEPTED, applied('alpha'), applied('beta'), ENDED];

const evidence = (facts: object[], journal: WorldWrite[], acknowledged = [INTENT]): Evidence => ({
  ...{ acknowledged, journal, entries: facts.length },
  told: facts.length === 0 ? new Map() : new Map([[ID, told(...facts)]]),
});
const GOOD = [write('alpha', 100), write('beta', 150)];
const kinds = (found: Iterable<{ kind: string }>): string[] => [...found].map(({ kind }) => kind);
const all = (seen: Evidence): string[] => [
  ...kinds(intentsAreKept(seen)),
  ...kinds(noDoubleGoesUnnoticed(seen)),
  ...kinds(theLedgerTellsWhatWas(seen)),
  ...kinds(noGateOpenedEarly(seen)),
];

describe('the checker of chaos', () => {
  it('finds nothing in what is as it must be', () => {
    expect(all(evidence(STORY, GOOD))).toEqual([]);
  });

  it('finds an acknowledged intent that the ledger does not have, and one that never ended', () => {
    expect(all(evidence([], []))).toEqual(['lost']);
    expect(all(evidence(STORY.slice(0, 3), GOOD))).toEqual(['not-ended']);
  });

  it('finds a second effect, unless the ledger tells the doubt', () => {
    const twice = [write('alpha', 90), ...GOOD];
    expect(all(evidence(STORY, twice))).toEqual(['doubled-unnoticed']);
    for (const kind of ['outcome-unknown', 'duplicate-suspected']) {
      const doubt = evidence([...STORY, { kind, step: 'alpha' }], twice);
      expect(all(doubt)).toEqual([]);
      expect(doubled(doubt)).toEqual({ noticed: 1, unnoticed: 0 });
    }
    expect(all(evidence([...STORY, { kind: 'outcome-unknown', step: 'beta' }], twice))).toEqual(['doubled-unnoticed']);
  });

  it('does not count what the world refused', () => {
    expect(all(evidence(STORY, [...GOOD, write('alpha', 160, { effect: false, effectiveAt: {} })]))).toEqual([]);
  });

  it('finds a step that took effect before the one it needs showed everywhere', () => {
    expect(all(evidence(STORY, [write('alpha', 100), write('beta', 149)]))).toEqual(['gate-without-evidence']);
  });

  it('finds a step told applied that has no effect, and one told not applied that has', () => {
    expect(all(evidence(STORY, [write('alpha', 100)]))).toEqual(['applied-without-effect']);
    const denied = [ACCEPTED, applied('alpha'), { kind: 'step-not-applied', step: 'beta', final: true }, ENDED];
    expect(all(evidence(denied, GOOD))).toEqual(['effect-told-as-none']);
  });
});

import type { ReadingData } from '@causeway/contracts';
import type { Draft } from '@causeway/messaging';
import type { LookOutcome } from '../../../apps/readiness-prober/src/look/look';
import type { MakeLook } from '../../../apps/readiness-prober/src/look/looks';
import type { PlantedBug } from './planted-bug';

type Readings = ReadingData['readings'];

const onRounds =
  (change: (readings: Readings) => Readings) =>
  (drafts: readonly Draft[]): readonly Draft[] =>
    drafts.map((draft) => {
      if (draft.type !== 'causeway.reading.taken.v1') return draft;
      const data = draft.data as ReadingData;
      return { ...draft, data: { ...data, readings: change(data.readings) } };
    });

/** Longest that a look is taken for the next one, milliseconds. */
const REMEMBERED_MS = 3_000;

function remembering(real: MakeLook): MakeLook {
  const last = new Map<string, { readonly seen: LookOutcome; readonly atMs: number }>();
  return (probe, scope, member, asked) => {
    const look = real(probe, scope, member, asked);
    const place = JSON.stringify([probe, scope, member, asked]);
    if (!look) return null;
    return async (...how) => {
      const before = last.get(place);
      if (before && performance.now() - before.atMs < REMEMBERED_MS) return before.seen;
      const seen = await look(...how);
      last.set(place, { seen, atMs: performance.now() });
      return seen;
    };
  };
}

/** Looks: what is reported of the members. */
export const PROBER_BUGS: readonly PlantedBug[] = [
  {
    name: 'one-look-tells-of-all',
    sentence: 'The prober looks at one member and reports it for all of them.',
    shownBy: ['member-lags'],
    seams: {
      readings: onRounds((readings) => {
        const seen = readings.find(({ outcome }) => outcome.kind === 'observed');
        return seen ? readings.map((one) => ({ ...one, outcome: seen.outcome, streak: seen.streak })) : readings;
      }),
    },
  },
  {
    name: 'a-member-is-never-reported',
    sentence: 'The last member of a round is cut off.',
    shownBy: [],
    seams: { readings: onRounds((readings) => (readings.length > 1 ? readings.slice(0, -1) : readings)) },
  },
  {
    name: 'looks-at-another-region',
    sentence: 'Every look goes to the first place that the probe declares.',
    shownBy: ['member-lags'],
    seams: {
      looks: (real) => (probe, scope, member, asked) => {
        const [first = scope, members] = (probe.kind === 'http' && Object.entries(probe.at)[0]) || [];
        return real(probe, first, Object.keys(members ?? {})[0] ?? member, asked);
      },
    },
  },
  {
    name: 'a-look-is-remembered',
    sentence: 'A member is looked at every three seconds; in between it is reported as it was last seen.',
    shownBy: ['member-flaps'],
    seams: { looks: remembering },
  },
];

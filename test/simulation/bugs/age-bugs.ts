import type { ReadingData, Target } from '@causeway/contracts';
import { LookSchedule, type TakenRound } from '../../../apps/readiness-prober/src/probe/look-schedule';
import { patchMethod, type PlantedBug } from './planted-bug';

const neverOld = (target: Target): Target => ({
  ...target,
  spec: {
    ...target.spec,
    probes: Object.fromEntries(
      Object.entries(target.spec.probes).map(([name, probe]) => [name, { ...probe, freshness: '1h' as const }]),
    ),
  },
});

type TakeRound = (now: number) => TakenRound;

const datedWhenTold = (original: TakeRound) =>
  function (this: { readonly pace: { readonly startsAt: number } }, now: number): TakenRound {
    return { ...original.call(this, now), sinceAskedMs: Math.floor(now - this.pace.startsAt) };
  };

/** How old what shows a step may be, and how old it is. */
export const AGE_BUGS: readonly PlantedBug[] = [
  {
    name: 'evidence-never-grows-old',
    sentence: 'A step that was shown ready counts as ready until its sequence ends.',
    shownBy: ['member-lags'],
    seams: { registry: (real) => new Map([...real].map(([name, target]) => [name, neverOld(target)])) },
  },
  {
    name: 'a-round-is-as-new-as-its-message',
    sentence: 'A round says that it was seen when it is told, however long ago the oldest of its looks began.',
    shownBy: ['member-flaps', 'look-hangs'],
    patch: () => patchMethod(LookSchedule, 'takeRound', datedWhenTold),
  },
  {
    name: 'looks-of-tomorrow',
    sentence: 'A round says that its looks began an hour after they were asked for.',
    shownBy: [],
    seams: {
      readings: (drafts) =>
        drafts.map((draft) =>
          draft.type === 'causeway.reading.taken.v1'
            ? { ...draft, data: { ...(draft.data as ReadingData), sinceAskedMs: 3_600_000 } }
            : draft,
        ),
    },
  },
];

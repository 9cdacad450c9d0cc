import type { Books } from './check/books';
import type { Violation } from './check/violation';
import type { Recovered } from './load/recovery';
import type { Tally } from './tally';

/** Milliseconds: from a kill until the killed service's work went on, see RecoveryClock. */
export interface Recovery {
  readonly measured: number;
  readonly superseded: number;
  /** Kills during another fault: not in the figures. */
  readonly disturbed: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
  readonly p95ByService: Readonly<Record<string, number | null>>;
}

/** What a chaos run came to; the form of its JSON file. */
export interface Report extends Pick<Books, 'accounting' | 'verify' | 'check'> {
  readonly seed: number;
  readonly minutes: number;
  readonly rounds: number;
  readonly kills: { readonly total: number; readonly byPoint: Counts; readonly byService: Counts };
  readonly pauses: { readonly total: number; readonly byPoint: Counts };
  readonly others: Counts;
  /** Whether disks could be filled, and why not. */
  readonly smallDisk: string;
  /** By kind: from the end of the fault to the next recorded work, milliseconds. */
  readonly afterOthers: Readonly<Record<string, readonly (number | null)[]>>;
  readonly endedThemselves: Counts;
  readonly acknowledged: { readonly total: number; readonly http: number; readonly topic: number };
  readonly ended: Counts;
  readonly lost: number;
  readonly doubled: { readonly noticed: number; readonly unnoticed: number };
  readonly unknown: {
    readonly told: number;
    readonly settledByLookUp: number;
    readonly settledByPerson: { readonly applied: number; readonly notApplied: number };
    readonly duplicateSuspected: number;
  };
  readonly recovery: Recovery;
  readonly entries: number;
  readonly violations: readonly Violation[];
}
type Counts = Readonly<Record<string, number>>;

export function recoveryOf(recovered: readonly Recovered[], superseded: number): Recovery {
  const calm = recovered.filter(({ disturbed }) => !disturbed);
  const services = [...new Set(calm.map(({ service }) => service))];
  const all = calm.map(({ ms }) => ms);
  const disturbed = recovered.length - calm.length;
  return {
    ...{
      measured: all.length,
      superseded,
      disturbed,
      p50: quantile(all, 0.5),
      p95: quantile(all, 0.95),
      max: quantile(all, 1),
    },
    p95ByService: Object.fromEntries(
      services.map((service) => [
        service,
        quantile(
          calm.filter((one) => one.service === service).map(({ ms }) => ms),
          0.95,
        ),
      ]),
    ),
  };
}

/** Nearest rank. */
function quantile(values: readonly number[], q: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? null;
}

export const killsOf = ({
  kills,
  byPoint,
  byService,
  pauses,
  pausesByPoint,
  others,
  afterOthers,
  endedThemselves,
}: Tally) => ({
  kills: { total: kills, byPoint, byService },
  pauses: { total: pauses, byPoint: pausesByPoint },
  ...{ others, afterOthers, endedThemselves },
});

const inWords = (counts: Counts): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';

const seconds = (ms: number | null): string => (ms === null ? '-' : `${(ms / 1_000).toFixed(1)} s`);

const afterInWords = (after: Report['afterOthers']): string =>
  Object.entries(after)
    .map(([kind, times]) => `${kind} ${times.map(seconds).join(' ')}`)
    .join(', ') || 'none';

/** The table at the end. */
export function asLines(report: Report): string[] {
  const { kills, pauses, acknowledged, doubled, unknown, recovery, accounting } = report;
  const rows: [string, string][] = [
    ['seed', String(report.seed)],
    ['minutes, rounds', `${report.minutes}, ${report.rounds}`],
    ['kills', String(kills.total)],
    ['  by point', inWords(kills.byPoint)],
    ['  by service', inWords(kills.byService)],
    ['pauses', `${pauses.total} (${inWords(pauses.byPoint)})`],
    ['other faults', inWords(report.others)],
    ['  full disks', report.smallDisk],
    ['  work after them', afterInWords(report.afterOthers)],
    ['ended themselves', inWords(report.endedThemselves)],
    ['acknowledged', `${acknowledged.total} (http ${acknowledged.http}, topic ${acknowledged.topic})`],
    ['  ended', inWords(report.ended)],
    ['  lost', String(report.lost)],
    ['doubled', `${doubled.noticed} told in the ledger, ${doubled.unnoticed} unnoticed`],
    ['outcome unknown', `${unknown.told}, duplicate suspected ${unknown.duplicateSuspected}`],
    [
      '  settled',
      `by look-up ${unknown.settledByLookUp}, by a person: applied ${unknown.settledByPerson.applied}, not applied ${unknown.settledByPerson.notApplied}`,
    ],
    [
      'recovery',
      `p50 ${seconds(recovery.p50)}, p95 ${seconds(recovery.p95)}, max ${seconds(recovery.max)} of ${recovery.measured} (${recovery.superseded} killed again before, ${recovery.disturbed} during another fault)`,
    ],
    [
      'accounting',
      accounting.addsUp
        ? `adds up: ${accounting.produced} produced, ${accounting.duplicates} duplicates, ${accounting.parked} parked; ${accounting.madeAnew} topics made anew noticed`
        : 'DOES NOT ADD UP',
    ],
    [
      'verify, check',
      `${report.verify ? 'passed' : 'FAILED'}, ${report.check ? 'passed' : 'FAILED'}: ${report.entries} entries`,
    ],
    ['violations', String(report.violations.length)],
  ];
  return [...rows.map(([name, value]) => `${name.padEnd(18)} ${value}`), ...report.violations.map(violationLine)];
}

const violationLine = ({ kind, detail, sequenceId }: Violation): string =>
  `  VIOLATION ${kind}: ${detail}${sequenceId ? ` (sequence ${sequenceId})` : ''}`;

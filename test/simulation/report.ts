import type { PlanDocument } from '@causeway/contracts';
import { FAULT_KINDS, type FaultKind } from './faults';
import type { Scenario } from './scenario/scenario';

/** A seed that broke something, and the smallest story that still does. */
export interface Found {
  readonly seed: number;
  readonly invariant: string;
  readonly detail: string;
  readonly story: string;
}

export interface CaughtBug {
  readonly name: string;
  readonly sentence: string;
  /** Seeds to the first violation, once a hunt; null: not within the cap. */
  readonly seeds: readonly (number | null)[];
  readonly median: number | null;
  readonly invariants: readonly string[];
}

export interface Report {
  readonly from: number;
  readonly seeds: number;
  readonly seconds: number;
  readonly events: number;
  readonly virtualHours: number;
  readonly violations: readonly Found[];
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly faultsNotHit: readonly FaultKind[];
  readonly bugs: readonly CaughtBug[] | null;
}

export const notHit = (hits: Report['faults']): FaultKind[] => FAULT_KINDS.filter((kind) => !hits[kind]);

export function median(numbers: readonly (number | null)[]): number | null {
  const sorted = numbers.map((one) => one ?? Infinity).sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Infinity;
  return Number.isFinite(middle) ? middle : null;
}

/** A scenario in a few words. */
export function storyOf({ mode, intents, processes, faults, faultsForMs, serialBy }: Scenario): string {
  const plans = intents.map(({ data, repeats }) => {
    const steps = (data.plan as unknown as PlanDocument).spec.steps.map(
      ({ id, target, change, needs }) => `${id}: ${change} at ${target}${needs ? ` needs [${needs.join(' ')}]` : ''}`,
    );
    return `${data.key} ${data.mode}${repeats > 0 ? ' sent again' : ''} {${steps.join('; ')}}`;
  });
  const counts = Object.entries(processes).map(([role, count]) => `${count} ${role}`);
  const kinds = Object.entries(faults.shares).map(([kind, share]) => `${kind} x${share}`);
  const most = faults.most === Infinity ? '' : `the first ${faults.most} of `;
  return [
    `${mode}, faults for ${faultsForMs} ms, ${counts.join(', ')}, serial by ${serialBy}`,
    ...plans,
    `faults: ${most}${kinds.join(', ') || 'none'}`,
  ].join(' | ');
}

/** Reports of several ranges as one. */
export function together(reports: readonly Report[]): Report {
  const [first] = reports as [Report];
  const faults: Partial<Record<FaultKind, number>> = {};
  for (const report of reports)
    for (const [kind, count] of Object.entries(report.faults) as [FaultKind, number][])
      faults[kind] = (faults[kind] ?? 0) + count;
  const sum = (of: (report: Report) => number): number => reports.reduce((total, report) => total + of(report), 0);
  return {
    ...first,
    seeds: sum(({ seeds }) => seeds),
    seconds: Math.max(...reports.map(({ seconds }) => seconds)),
    events: sum(({ events }) => events),
    virtualHours: sum(({ virtualHours }) => virtualHours),
    violations: reports.flatMap(({ violations }) => violations),
    bugs: first.bugs && reports.flatMap(({ bugs }) => bugs ?? []),
    ...{ faults, faultsNotHit: notHit(faults) },
  };
}

/** For people. */
export function asLines(report: Report): string[] {
  const { seeds, from, seconds, events, virtualHours, violations, faults, faultsNotHit, bugs } = report;
  const hits = Object.entries(faults).sort(([, a], [, b]) => b - a);
  return [
    `${seeds} seeds from ${from} in ${seconds.toFixed(0)} s (${(seeds / seconds).toFixed(0)} a second): ${events} events, ${virtualHours.toFixed(0)} virtual hours`,
    `${violations.length} violations`,
    ...violations.map(({ seed, invariant, detail, story }) => `  seed ${seed} ${invariant}: ${detail}\n    ${story}`),
    `faults: ${hits.map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
    `fault kinds never hit: ${faultsNotHit.join(', ') || 'none'}`,
    ...(bugs ? bugLines(bugs) : []),
  ];
}

function bugLines(bugs: readonly CaughtBug[]): string[] {
  const caught = bugs.filter(({ median: seeds }) => seeds !== null);
  const line = ({ name, median: seeds, invariants }: CaughtBug): string =>
    `  ${String(seeds ?? 'MISSED').padStart(6)}  ${invariants.join(' ').padEnd(12)} ${name}`;
  return [`planted bugs: ${caught.length} of ${bugs.length} caught; median seeds to catch each:`, ...bugs.map(line)];
}

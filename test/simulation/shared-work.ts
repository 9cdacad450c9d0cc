import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaultKind } from './faults';
import { notHit, type Report } from './report';

export interface Range {
  readonly from: number;
  readonly seeds: number;
}

/** The seeds cut into as many ranges as there are processes to run them. */
export function ranges({ from, seeds }: Range, processes: number): Range[] {
  const each = Math.ceil(seeds / processes);
  const cut = Array.from({ length: processes }, (_, i) => ({
    from: from + i * each,
    seeds: Math.min(each, seeds - i * each),
  }));
  return cut.filter((one) => one.seeds > 0);
}

/** Runs one range in a process of its own: this program again, with its report in a file. */
export function runApart({ from, seeds }: Range, more: readonly string[]): Promise<Report> {
  const file = join(mkdtempSync(join(tmpdir(), 'causeway-simulation-')), 'report.json');
  const program = process.argv[1] as string;
  const args = [program, '--seed', String(from), '--seeds', String(seeds), '--processes', '1', '--json', file, ...more];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0 || code === 1) resolve(JSON.parse(readFileSync(file, 'utf8')) as Report);
      else reject(new Error(`the runs from seed ${from} on ended with ${code}`));
    });
  });
}

/** Reports of several ranges as one. */
export function together(reports: readonly Report[]): Report {
  const faults: Partial<Record<FaultKind, number>> = {};
  for (const report of reports)
    for (const [kind, count] of Object.entries(report.faults) as [FaultKind, number][])
      faults[kind] = (faults[kind] ?? 0) + count;
  const sum = (of: (report: Report) => number): number => reports.reduce((total, report) => total + of(report), 0);
  return {
    ...(reports[0] as Report),
    seeds: sum(({ seeds }) => seeds),
    seconds: Math.max(...reports.map(({ seconds }) => seconds)),
    events: sum(({ events }) => events),
    virtualHours: sum(({ virtualHours }) => virtualHours),
    violations: reports.flatMap(({ violations }) => violations),
    ...{ faults, faultsNotHit: notHit(faults) },
  };
}

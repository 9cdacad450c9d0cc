import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTied } from '../run/tied-child';

/** A share of the work: the part of this number, from 0 on, of so many. */
export interface Part {
  readonly number: number;
  readonly of: number;
}

export const WHOLE: Part = { number: 0, of: 1 };

export interface Range {
  readonly from: number;
  readonly seeds: number;
}

/** One part of a range of seeds. */
export function rangeOf({ from, seeds }: Range, { number, of }: Part): Range {
  const each = Math.ceil(seeds / of);
  return { from: from + number * each, seeds: Math.max(0, Math.min(each, seeds - number * each)) };
}

/** One part of a list, every so-manieth: what is dear lies close together. */
export const shareOf = <T>(all: readonly T[], { number, of }: Part): T[] => all.filter((_, i) => i % of === number);

/** Lets as many processes as are wanted do a part of the work each, all of them this program with these arguments. */
export function inProcesses<R>(processes: number, args: readonly string[]): Promise<R[]> {
  return Promise.all(Array.from({ length: processes }, (_, number) => runApart<R>({ number, of: processes }, args)));
}

/** Its report comes in a file. */
async function runApart<R>({ number, of }: Part, args: readonly string[]): Promise<R> {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-simulation-'));
  const file = join(folder, 'report.json');
  const all = [process.argv[1] as string, ...args, '--part', `${number}/${of}`, '--json', file];
  try {
    const code = await runTied(all, ['ignore', 'ignore', 'inherit']);
    if (code === 0 || code === 1) return JSON.parse(readFileSync(file, 'utf8')) as R;
    throw new Error(`part ${number} of ${of} ended with ${code}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

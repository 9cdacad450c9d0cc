import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second of /proc on Linux. */
const TICKS_PER_SECOND = 100;

/**
 * CPU seconds used so far by named process trees (a service; a database server with its backends), from /proc. Empty where
 * there is none: the figures are then left out, not made up.
 */
export function cpuSeconds(roots: ReadonlyMap<string, number>): Map<string, number> {
  const processes = readProcesses();
  const known = new Set(roots.values());
  return new Map(
    [...roots]
      .map(([name, pid]) => [name, sumOfTree(processes, pid, known)] as const)
      .filter(([, seconds]) => seconds > 0),
  );
}

interface ProcessLine {
  readonly parent: number;
  readonly seconds: number;
}

function readProcesses(): Map<number, ProcessLine> {
  const found = new Map<number, ProcessLine>();
  for (const name of process.platform === 'linux' ? readdirSync('/proc') : []) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The name in brackets may hold spaces: fields are counted from the closing one. Own time plus that of ended children.
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
        .map(Number);
      const [parent = 0] = [fields[1]];
      const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + (fields[i] ?? 0), 0);
      found.set(Number(name), { parent, seconds: ticks / TICKS_PER_SECOND });
    } catch {
      // It ended while it was looked at.
    }
  }
  return found;
}

/** A root below another root counts for itself only. */
function sumOfTree(processes: ReadonlyMap<number, ProcessLine>, root: number, roots: ReadonlySet<number>): number {
  let seconds = processes.get(root)?.seconds ?? 0;
  for (const [pid, { parent }] of processes)
    if (parent === root && !roots.has(pid)) seconds += sumOfTree(processes, pid, roots);
  return seconds;
}

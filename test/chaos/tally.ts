import { pointNames, type PointName, type ServiceName } from './faults/points';
import type { Death } from './faults/processes';

type Counts = Record<string, number>;

/** What was done to the processes, counted as it happens. */
export class Tally {
  readonly byPoint: Counts = Object.fromEntries(pointNames.map((point) => [point, 0]));
  readonly byService: Counts = {};
  readonly pausesByPoint: Counts = {};
  /** Processes that ended without being killed: refused by a seat, or by their own watchdog. */
  readonly endedThemselves: Counts = {};
  readonly others: Counts = {};
  /** By kind: from the end of the fault to the next recorded work, milliseconds; null: not within a minute. */
  readonly afterOthers: Record<string, (number | null)[]> = {};
  kills = 0;
  pauses = 0;

  died({ service, by }: Death): void {
    if (by === null) return add(this.endedThemselves, service);
    this.kills++;
    add(this.byPoint, by);
    add(this.byService, service);
  }

  stopped(service: ServiceName, point: PointName | 'random' | 'start'): void {
    this.pauses++;
    add(this.pausesByPoint, point);
    add(this.byService, `${service} (paused)`);
  }

  other(kind: string): void {
    add(this.others, kind);
  }

  spared(kind: string, why: string): void {
    this.others[kind] = (this.others[kind] ?? 0) - 1;
    add(this.others, `${kind}: ${why}`);
  }

  afterOther(kind: string, ms: number | null): void {
    (this.afterOthers[kind] ??= []).push(ms);
  }
}

function add(counts: Counts, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

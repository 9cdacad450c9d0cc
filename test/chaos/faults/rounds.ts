import { setTimeout as pause } from 'node:timers/promises';
import type { Dice } from '../../simulation/time/dice';
import { MET_BY, pointNames, TWINS, type Arming, type PointName } from './points';
import { serviceOf, type Processes } from './processes';

/** What a round waits for, milliseconds. */
const HIT_WITHIN_MS = 7_000;
const POLL_MS = 50;
/** Times that a point is passed before it is met, at the most. */
const MOST_PASSED = 2;
/** A killed process dies once more while it starts again, this often; so long after its start. */
const AGAIN = 0.4;
const AGAIN_AFTER_MS = [100, 4_000] as const;
/** Stopped instead of killed, this often. */
const STOPPED = 0.12;
const POINTS_A_ROUND = [4, 5] as const;

/** Rounds of kills: several processes are to die at points of their own, each within its time, or else anywhere. All points get their turn evenly. */
export class Rounds {
  readonly byPoint = new Map<PointName, number>();
  count = 0;

  constructor(
    private readonly processes: Processes,
    private readonly dice: Dice,
    private readonly options: { isOver(): boolean },
  ) {}

  /** A point was met: how often, for the balance. */
  met(point: PointName): void {
    this.byPoint.set(point, (this.byPoint.get(point) ?? 0) + 1);
  }

  /** Told of each killed process before it is started again. */
  died(name: string): void {
    if (this.options.isOver() || !this.dice.chance(AGAIN)) return;
    const afterMs = this.dice.int(...AGAIN_AFTER_MS);
    this.processes.arm(name, { point: 'start', pass: 0, afterMs, deed: 'kill' });
  }

  async round(): Promise<void> {
    this.count++;
    const armed = this.chosen();
    for (const [name, arming] of armed) this.processes.arm(name, arming);
    await this.until(() => [...armed.keys()].every((name) => !this.processes.isUp(name)), HIT_WITHIN_MS);
    for (const name of armed.keys()) this.endAnywhere(name);
  }

  /** What was not met in time: of a pair one may live, everything else dies where it is. */
  private endAnywhere(name: string): void {
    if (!this.processes.isUp(name)) return;
    this.processes.disarm(name);
    const isOfPair = TWINS.includes(serviceOf(name));
    if (isOfPair && this.dice.chance(0.7)) return;
    this.processes.kill(name);
  }

  /** A few of the points that were met least, each in the processes that can meet it, no process twice. */
  private chosen(): Map<string, Arming> {
    const chosen = new Map<string, Arming>();
    const rarest = [...pointNames]
      .map((point) => ({ point, rank: (this.byPoint.get(point) ?? 0) + this.dice.between(0, 1.5) }))
      .sort((a, b) => a.rank - b.rank);
    let left = this.dice.int(...POINTS_A_ROUND);
    for (const { point } of rarest) {
      const free = this.placesOf(point).filter((name) => !chosen.has(name));
      if (left === 0) break;
      if (free.length === 0) continue;
      left--;
      const deed = this.dice.chance(STOPPED) ? 'stop' : 'kill';
      for (const name of free) chosen.set(name, { point, pass: this.dice.int(0, MOST_PASSED), deed });
    }
    return chosen;
  }

  /** One service that can meet it: both of its processes, since one of them may only be waiting. */
  private placesOf(point: PointName): string[] {
    const service = this.dice.pick(MET_BY[point]);
    return this.processes.names().filter((name) => serviceOf(name) === service && this.processes.isUp(name));
  }

  private async until(is: () => boolean, withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!is() && performance.now() < deadline && !this.options.isOver()) await pause(POLL_MS);
  }
}

import type { Faults } from './faults';
import { never, type SimProcess } from './process';
import type { Scenario } from './scenario/scenario';
import type { Dice } from './time/dice';
import type { VirtualTime } from './time/virtual-time';

/** What a simulated port needs of the run that it is part of. */
export interface Ground {
  readonly time: VirtualTime<SimProcess>;
  readonly scenario: Scenario;
  readonly faults: Faults;
  readonly dice: Dice;
  /** How far a wall clock may jump. */
  readonly clockJumpsMs: readonly number[];
  crash(process: SimProcess): void;
  pause(process: SimProcess, forMs: number): void;
}

const LONGEST_PAUSE_MS = 30_000;

/** Whether the process dies before its call gets out. */
export function diesBefore(ground: Ground, process: SimProcess): boolean {
  if (!process.alive) return true;
  if (ground.faults.strikes('crash-before-call')) ground.crash(process);
  return !process.alive;
}

/** Whether the process dies after its call got out, without its answer. It may also stand still first, or lose the time. */
export function diesAfter(ground: Ground, process: SimProcess): boolean {
  const { faults, dice } = ground;
  if (faults.strikes('crash-after-call')) ground.crash(process);
  if (faults.strikes('process-pause')) ground.pause(process, dice.between(500, LONGEST_PAUSE_MS));
  if (faults.strikes('clock-jump')) process.wallOffsetMs += dice.pick(ground.clockJumpsMs);
  return !process.alive;
}

/**
 * A call out of a simulated process. `act` is carried out at once and the answer comes later: in between the process may die or
 * stand still.
 * @param act returns the answer, or throws what the caller gets to see
 */
export function callOut<T>(ground: Ground, process: SimProcess, latencyMs: number, act: () => T): Promise<T> {
  if (diesBefore(ground, process)) return never();
  const give = carriedOut(act);
  if (diesAfter(ground, process)) return never();
  return new Promise((resolve, reject) => {
    ground.time.schedule(latencyMs, process, () => {
      try {
        resolve(give());
      } catch (error) {
        reject(error as Error);
      }
    });
  });
}

function carriedOut<T>(act: () => T): () => T {
  try {
    const value = act();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

import type { Call, CallBook, Twin, Twist } from './calls';
import type { FaultKind, Faults } from './faults';
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
  /** No two readings of wall clocks were more wrong, one against the other, than by so much. */
  clockErrorMs: number;
  /** Counts every call out of a process; null: nobody counts. */
  readonly calls: CallBook | null;
  crash(process: SimProcess): void;
  pause(process: SimProcess, forMs: number): void;
}

const LONGEST_PAUSE_MS = 30_000;

/** A call out of a process as it begins. */
export interface Outgoing {
  readonly process: SimProcess;
  readonly kind: string;
  /** Which of that kind: a statement, a topic. */
  readonly of: string;
}

/** What a counted run makes of this call, and whether its process lives on to make it. */
export interface Begun {
  readonly call: Call | null;
  readonly twist: Twist | null;
  /** An error that the port has to act out. */
  readonly twin: Twin | null;
  readonly isDead: boolean;
}

/** Counts a call, and whether the process dies before it gets out. */
export function begins(ground: Ground, { process, kind, of }: Outgoing): Begun {
  if (!process.alive) return { call: null, twist: null, twin: null, isDead: true };
  const { call, twist } = ground.calls?.at(process, kind, of) ?? { call: null, twist: null };
  if (twist === 'died-before' || ground.faults.strikes('crash-before-call')) ground.crash(process);
  const twin = twist === 'not-done' || twist === 'done' ? twist : null;
  return { call, twist, twin, isDead: !process.alive };
}

/** Whether the process dies after its call got out, without its answer. It may also stand still first, or lose the time. */
export function diesAfter(ground: Ground, process: SimProcess, { twist }: Pick<Begun, 'twist'>): boolean {
  const { faults, dice } = ground;
  if (twist === 'dies' || faults.strikes('crash-after-call')) ground.crash(process);
  if (faults.strikes('process-pause')) ground.pause(process, dice.between(500, LONGEST_PAUSE_MS));
  if (faults.strikes('clock-jump')) jump(ground, process, dice.pick(ground.clockJumpsMs));
  return !process.alive;
}

function jump(ground: Ground, process: SimProcess, byMs: number): void {
  process.wallOffsetMs += byMs;
  ground.clockErrorMs += Math.abs(byMs);
}

/** The fault that acts a twin out, else the first of these that strikes. */
export function faultOf<L extends FaultKind, D extends FaultKind, M extends FaultKind = never>(
  ground: Ground,
  twin: Twin | null,
  lost: L,
  done: D,
  ...more: readonly M[]
): L | D | M | null {
  if (twin) return twin === 'not-done' ? lost : done;
  return ground.faults.oneOf<L | D | M>(lost, done, ...more);
}

/**
 * A call out of a simulated process. `act` is carried out at once and the answer comes later: in between the process may die or
 * stand still.
 * @param act returns the answer, or throws what the caller gets to see; told which error it has to act out, if any
 */
export function callOut<T>(
  ground: Ground,
  outgoing: Outgoing,
  latencyMs: number,
  act: (begun: Begun) => T,
): Promise<T> {
  const { process } = outgoing;
  const begun = begins(ground, outgoing);
  if (begun.isDead) return never();
  const give = carriedOut(() => act(begun));
  if (diesAfter(ground, process, begun)) return never();
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

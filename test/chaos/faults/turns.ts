import { setTimeout as pause } from 'node:timers/promises';
import type { Dice } from '../../simulation/time/dice';
import type { Dependency } from './dependencies';
import { Spared } from './spared';
import type { Rounds } from './rounds';

export interface TurnsOptions {
  readonly rounds: Pick<Rounds, 'round'>;
  readonly dependencies: readonly Dependency[];
  readonly dice: Dice;
  /** How often a turn goes to a dependency instead of the processes, 0 to 1. */
  readonly share: number;
  isOver(): boolean;
  /** No fault has begun whose effect is not over: all that was killed is at work again. */
  isCalm(): boolean;
  /** Something was recorded that was made after this (Unix ms). */
  flowsSince(at: number): boolean;
  /** Milliseconds until the faults are over. */
  leftMs(): number;
  inflicted(kind: string): void;
  /** It could not be done after all. */
  spared(kind: string, why: string): void;
  /** It was over, and so long after it the first new work was recorded, milliseconds; null: not in time. */
  recovered(kind: string, ms: number | null): void;
  say(line: string): void;
}

/** And how often processes die meanwhile. */
const BOTH = 0.3;
const CALM_WITHIN_MS = 25_000;
const FLOWS_WITHIN_MS = 60_000;
/** The longest fault and what comes after it. */
const LONGEST_MS = 90_000;
const POLL_MS = 50;

/** Turn by turn: a round of kills, or something that happens to what the services stand on. After each it has to become calm again. */
export class Turns {
  private readonly counts = new Map<string, number>();

  constructor(private readonly options: TurnsOptions) {}

  async run(): Promise<void> {
    const { dice, isOver, rounds, share } = this.options;
    while (!isOver()) {
      const dependency = dice.chance(share) ? this.nextDependency() : null;
      if (dependency) await this.inflict(dependency);
      else await rounds.round();
      await this.until(() => this.options.isCalm(), CALM_WITHIN_MS);
      await pause(dice.int(0, 1_000));
    }
  }

  private async inflict(dependency: Dependency): Promise<void> {
    const { kind } = dependency;
    const { inflicted, recovered, rounds, dice, say } = this.options;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    inflicted(kind);
    say(`  ${kind}`);
    const meanwhile = dice.chance(BOTH) ? rounds.round() : Promise.resolve();
    await dependency.inflict().catch((error: unknown) => {
      // Whatever failed is not counted as done: nobody knows how much of it was.
      this.options.spared(kind, error instanceof Spared ? error.message : `failed: ${String(error)}`);
      say(`  ${kind}: ${String(error)}`);
    });
    await meanwhile;
    const overAt = Date.now();
    const flows = await this.until(() => this.options.flowsSince(overAt), FLOWS_WITHIN_MS);
    recovered(kind, flows ? Date.now() - overAt : null);
  }

  /** Of those that still fit into the time the one that had fewest turns. */
  private nextDependency(): Dependency | null {
    const { dependencies, dice, leftMs } = this.options;
    if (leftMs() < LONGEST_MS) return null;
    const turns = dependencies.map((one) => ({ one, rank: (this.counts.get(one.kind) ?? 0) + dice.next() }));
    return turns.sort((a, b) => a.rank - b.rank)[0]?.one ?? null;
  }

  private async until(is: () => boolean, withinMs: number): Promise<boolean> {
    const deadline = performance.now() + withinMs;
    while (!is()) {
      if (performance.now() > deadline || this.options.isOver()) return is();
      await pause(POLL_MS);
    }
    return true;
  }
}

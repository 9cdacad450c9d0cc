import { setTimeout as pause } from 'node:timers/promises';
import type { EvolutionRecord } from '@causeway/contracts';
import type { Dice } from '../../simulation/time/dice';
import { stepOf, type WorldWrite } from '../world/journal';
import { planOf, TARGETS, targetNames, type TargetName } from '../world/plan';
import type { ConsoleClient } from './console';
import type { TopicPublisher } from './publisher';

/** An intent that somebody was told is taken. */
export interface Acknowledged {
  readonly key: string;
  readonly sequenceId: string;
  readonly way: 'http' | 'topic';
  readonly at: number;
}

export interface DriverOptions {
  /** Sequences in flight. */
  readonly lanes: number;
  readonly dice: Dice;
  readonly console: ConsoleClient;
  readonly publisher: TopicPublisher;
  journal(): readonly WorldWrite[];
  forget(resource: string): Promise<void>;
}

/** An unknown outcome is looked into after this long, milliseconds: what was under way has arrived or never will. */
const LOOK_INTO_AFTER_MS = 3_000;

const PREVIEW_EVERY_MS = 1_000;
const LET_GO_WITHIN_MS = 50;

/**
 * The load: numbered intents, some over HTTP and some on the topic, so many sequences in flight all the time; and the operator who
 * settles what only a person can.
 */
export class Driver {
  readonly acknowledged: Acknowledged[] = [];
  readonly settled = { applied: 0, notApplied: 0 };
  private readonly ends = new Map<string, string>();
  private readonly waiting = new Map<string, () => void>();
  /** Answers that a careful client must never get. */
  readonly troubles: string[] = [];
  private stopping = false;
  private held = false;
  /** Clients in the middle of something. */
  private busy = 0;
  private count = 0;
  private lanes: Promise<void>[] = [];

  constructor(private readonly options: DriverOptions) {}

  start(): void {
    const lanes = Array.from({ length: this.options.lanes }, () => this.lane());
    this.lanes = [...lanes, this.previews()].map((one) => this.telling(one));
  }

  get ended(): number {
    return this.ends.size;
  }

  /** Begins nothing new until it is let go. */
  hold(): void {
    this.held = true;
  }

  letGo(): void {
    this.held = false;
  }

  /** Nobody is in the middle of anything, and all that was acknowledged has ended. */
  isIdle(): boolean {
    return this.busy === 0 && this.acknowledged.every(({ sequenceId }) => this.ends.has(sequenceId));
  }

  /** Begins nothing new, and waits until everything has ended, so long at the most. */
  async drain(withinMs: number): Promise<void> {
    this.stopping = true;
    const all = Promise.all(this.lanes).then(() => this.allOver());
    await Promise.race([all, pause(withinMs, undefined, { ref: false })]);
  }

  private async allOver(): Promise<void> {
    await Promise.all(this.acknowledged.map(({ sequenceId }) => this.untilOver(sequenceId)));
  }

  take(sequenceId: string, fact: EvolutionRecord): void {
    if (fact.kind === 'outcome-unknown' && TARGETS[fact.step as TargetName] === 'D') {
      void this.telling(this.settle(sequenceId, fact.step, fact.attempt));
    }
    if (fact.kind === 'sequence-ended') this.over(sequenceId, fact.outcome);
    if (fact.kind === 'intent-rejected') this.over(sequenceId, 'rejected');
  }

  private telling(work: Promise<void>): Promise<void> {
    return work.catch((error: unknown) => void this.troubles.push(String(error)));
  }

  private over(sequenceId: string, outcome: string): void {
    this.ends.set(sequenceId, outcome);
    this.waiting.get(sequenceId)?.();
    this.waiting.delete(sequenceId);
  }

  private async lane(): Promise<void> {
    while (await this.mayGoOn()) if (!(await this.busily(() => this.one()))) return;
  }

  /** False: the run was over before. */
  private async one(): Promise<boolean> {
    const { dice, forget } = this.options;
    const key = `n${++this.count}`;
    const plan = planOf(key, rotated(this.count));
    const way = dice.chance(0.5) ? 'http' : 'topic';
    const sequenceId = await this.send(way, plan, key);
    if (sequenceId === null) return false;
    this.acknowledged.push({ key, sequenceId, way, at: Date.now() });
    // Some clients ask again although they were answered.
    if (dice.chance(0.1)) await this.send(way, plan, key);
    await this.untilOver(sequenceId);
    await forget(key);
    return true;
  }

  /** Somebody always asks the console for something small, so that it always has something to commit. */
  private async previews(): Promise<void> {
    for (let n = 1; await this.mayGoOn(); n++) {
      if (!(await this.busily(() => this.preview(`preview-${n}`)))) return;
      await pause(PREVIEW_EVERY_MS);
    }
  }

  private async preview(key: string): Promise<boolean> {
    const sequenceId = await this.options.console.submit(planOf(key, ['alpha']), key, 'preview');
    if (sequenceId !== null) this.acknowledged.push({ key, sequenceId, way: 'http', at: Date.now() });
    return sequenceId !== null;
  }

  /** While it is held: waits. */
  private async mayGoOn(): Promise<boolean> {
    while (this.held && !this.stopping) await pause(LET_GO_WITHIN_MS);
    return !this.stopping;
  }

  private async busily(work: () => Promise<boolean>): Promise<boolean> {
    this.busy++;
    try {
      return await work();
    } finally {
      this.busy--;
    }
  }

  private send(way: 'http' | 'topic', plan: ReturnType<typeof planOf>, key: string): Promise<string | null> {
    const { console, publisher } = this.options;
    return way === 'http' ? console.submit(plan, key) : publisher.publish(plan, key);
  }

  private untilOver(sequenceId: string): Promise<void> {
    if (this.ends.has(sequenceId)) return Promise.resolve();
    const before = this.waiting.get(sequenceId);
    return new Promise((resolve) =>
      this.waiting.set(sequenceId, () => {
        before?.();
        resolve();
      }),
    );
  }

  /** Looks into the system's own journal, as a person would, and says what it says. */
  private async settle(sequenceId: string, step: string, attempt: number): Promise<void> {
    await pause(LOOK_INTO_AFTER_MS);
    const name = `${sequenceId}/${step}`;
    const applied = this.options.journal().some((write) => write.effect && stepOf(write) === name);
    const key = `settle-${sequenceId}-${step}-${attempt}`;
    if (!(await this.options.console.settle(sequenceId, step, applied, key))) return;
    if (applied) this.settled.applied++;
    else this.settled.notApplied++;
  }
}

/** Each class comes first, second, third and last in turn. */
function rotated(by: number): TargetName[] {
  const from = by % targetNames.length;
  return [...targetNames.slice(from), ...targetNames.slice(0, from)];
}

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Services, ServiceProcess } from '@causeway/lab';
import { armFile, hitsFile, type Arming, type Hit, type ServiceName } from './points';

/** A process that is gone, as its keeper found it. */
export interface Death {
  readonly name: string;
  readonly service: ServiceName;
  /** Unix milliseconds: when it hit its point, or when the keeper saw that it was gone. */
  readonly at: number;
  /** null: nobody killed it, it ended itself. */
  readonly by: Hit['point'] | 'random' | null;
}

interface Kept {
  readonly name: string;
  readonly service: ServiceName;
  readonly process: ServiceProcess;
  /** Killed from outside and not yet restarted: how. */
  killedAt: number | null;
  /** It can be armed, killed and stopped: false while it starts. */
  up: boolean;
  stoppedUntil: number | null;
  /** It is not started again before this. */
  held: Promise<void> | null;
}

const LOOK_EVERY_MS = 50;
export const serviceOf = (name: string): ServiceName => name.replace(/-2$/, '') as ServiceName;

/** Keeps every process of a run going: whatever ends is started again at once, and what was stopped goes on after its time. */
export class Processes {
  private readonly kept: Map<string, Kept>;
  private readonly hits = new Map<string, Hit>();
  private readBytes = 0;
  private ending = false;
  private readonly keeping: Promise<void>[] = [];

  constructor(
    services: Services,
    private readonly folder: string,
    private readonly told: { died(death: Death): void; stopped(hit: Hit): void; stopMs(): number },
  ) {
    this.kept = new Map(
      [...services.all].map(([name, process]) => [
        name,
        { name, service: serviceOf(name), process, killedAt: null, up: true, stoppedUntil: null, held: null },
      ]),
    );
  }

  start(): void {
    for (const one of this.kept.values()) this.keeping.push(this.keep(one));
    this.keeping.push(this.watchHits());
  }

  names(): string[] {
    return [...this.kept.keys()];
  }

  isUp(name: string): boolean {
    const one = this.of(name);
    return one.up && one.stoppedUntil === null;
  }

  /** It will do this deed to itself. */
  arm(name: string, arming: Arming): void {
    writeFileSync(armFile(this.folder, name), JSON.stringify(arming));
    if (this.of(name).up) this.signal(name, 'SIGUSR2');
  }

  disarm(name: string): void {
    rmSync(armFile(this.folder, name), { force: true });
    if (this.of(name).up) this.signal(name, 'SIGUSR2');
  }

  kill(name: string): void {
    const one = this.of(name);
    if (!one.up) return;
    one.killedAt = Date.now();
    this.signal(name, 'SIGKILL');
  }

  /** Kills all processes of a service, and starts them again only after this is done. */
  async whileDown(service: ServiceName, work: () => Promise<void>): Promise<void> {
    const all = [...this.kept.values()].filter((one) => one.service === service);
    const held = work();
    for (const one of all) {
      one.held = held.catch(() => undefined);
      this.kill(one.name);
    }
    try {
      await held;
    } finally {
      for (const one of all) one.held = null;
    }
  }

  /** SIGSTOP for a while. */
  stop(name: string, at: number, forMs: number): void {
    this.of(name).stoppedUntil = at + forMs;
    this.signal(name, 'SIGSTOP');
  }

  /** No more deeds: what stands still goes on, what is armed is forgotten. */
  calm(): void {
    for (const one of this.kept.values()) {
      this.disarm(one.name);
      if (one.stoppedUntil !== null) this.signal(one.name, 'SIGCONT');
      one.stoppedUntil = null;
    }
  }

  /** No more restarts. */
  async end(): Promise<void> {
    this.ending = true;
    await Promise.race([Promise.all(this.keeping), pause(1_000)]);
  }

  private of(name: string): Kept {
    const one = this.kept.get(name);
    if (!one) throw new Error(`there is no process ${name}`);
    return one;
  }

  private signal(name: string, signal: NodeJS.Signals): void {
    try {
      process.kill(this.of(name).process.pid(), signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  private async keep(one: Kept): Promise<void> {
    while (!this.ending) {
      await one.process.ended();
      if (this.ending) return;
      one.up = false;
      one.stoppedUntil = null;
      this.tellDeath(one);
      await this.startAgain(one);
    }
  }

  private async startAgain(one: Kept): Promise<void> {
    while (!this.ending) {
      await one.held;
      try {
        await one.process.start();
        one.up = true;
        return;
      } catch {
        // It died while it started: by its arming, or since what it stands on is away.
        if (!this.ending) this.tellDeath(one);
      }
    }
  }

  private tellDeath(one: Kept): void {
    this.readHits();
    const hit = this.hits.get(one.name);
    this.hits.delete(one.name);
    const { name, service, killedAt } = one;
    one.killedAt = null;
    const at = hit?.at ?? killedAt ?? Date.now();
    this.told.died({ name, service, at, by: hit?.point ?? (killedAt === null ? null : 'random') });
  }

  private async watchHits(): Promise<void> {
    while (!this.ending) {
      this.readHits();
      for (const one of this.kept.values()) this.wakeIfDue(one);
      await pause(LOOK_EVERY_MS);
    }
  }

  private wakeIfDue(one: Kept): void {
    if (one.stoppedUntil === null || Date.now() < one.stoppedUntil) return;
    one.stoppedUntil = null;
    this.signal(one.name, 'SIGCONT');
  }

  private readHits(): void {
    const text = readIfThere(hitsFile(this.folder)).subarray(this.readBytes).toString('utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    this.readBytes += Buffer.byteLength(whole);
    for (const line of whole.split('\n').filter(Boolean)) this.takeHit(JSON.parse(line) as Hit);
  }

  private takeHit(hit: Hit): void {
    rmSync(armFile(this.folder, hit.name), { force: true });
    if (hit.deed === 'kill') return void this.hits.set(hit.name, hit);
    this.of(hit.name).stoppedUntil = hit.at + this.told.stopMs();
    this.told.stopped(hit);
  }
}

function readIfThere(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

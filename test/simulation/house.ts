import { allTopics, uuidV7, type Target } from '@causeway/contracts';
import type { Verifier } from '@causeway/signing';
import type { CallBook } from './calls';
import { Faults } from './faults';
import { SimBroker } from './kafka/sim-broker';
import { simVerifier } from './keys';
import type { Ground } from './ports';
import { SimSchema } from './postgres/sim-database';
import { SimProcess } from './process';
import type { Scenario } from './scenario/scenario';
import { NO_BUG, type Seams } from './seams';
import { LedgerTables } from './services/sim-log-store';
import { Dice } from './time/dice';
import { EPOCH_MS } from './time/timers';
import { VirtualTime } from './time/virtual-time';
import type { WorldEntry } from './world/journal';
import { SimTarget } from './world/sim-target';

export type Boot = (house: House, process: SimProcess) => Promise<void>;

/** An end of a process that no fault of the run has caused. */
export interface Exit {
  readonly process: string;
  readonly at: number;
  readonly message: string;
}

/** What a client was told: the broker has its intent. */
export interface Acknowledged {
  readonly key: string;
  readonly eventId: string;
}

/** One simulated installation: everything that lives in one run, and who starts what has died again. */
export class House implements Ground {
  readonly time = new VirtualTime<SimProcess>();
  readonly faults: Faults;
  readonly dice: Dice;
  /** In liveness runs small: a wall clock that is wrong makes things wait for as long as it is wrong, and no run is that long. */
  readonly clockJumpsMs: readonly number[];
  clockErrorMs = 0;
  readonly broker: SimBroker;
  readonly journal: WorldEntry[] = [];
  readonly targets: ReadonlyMap<string, SimTarget>;
  readonly registry: ReadonlyMap<string, Target>;
  readonly ledger = new LedgerTables();
  readonly verifier: Verifier;
  readonly executors: readonly string[];
  readonly exits: Exit[] = [];
  private readonly started: SimProcess[] = [];
  readonly acknowledged: Acknowledged[] = [];
  /** How much had happened when something last did, and when. */
  stillness = { moved: 0, sinceMs: 0 };
  private readonly schemas = new Map<string, SimSchema>();
  private readonly ids: Dice;

  constructor(
    readonly scenario: Scenario,
    readonly bugs: Seams = NO_BUG,
    readonly calls: CallBook | null = null,
  ) {
    this.faults = new Faults(scenario.seed, scenario.faults);
    this.dice = new Dice(scenario.seed, 'chance');
    this.clockJumpsMs = scenario.mode === 'safety' ? [3_600_000, -30 * 86_400_000] : [20_000, -20_000];
    this.ids = new Dice(scenario.seed, 'ids');
    this.executors = scenario.targets.map(({ metadata }) => metadata.name);
    this.registry = new Map(scenario.targets.map((target) => [target.metadata.name, target]));
    this.targets = new Map(
      scenario.targets.map((target) => [target.metadata.name, new SimTarget(target, this, this.journal)]),
    );
    this.verifier = simVerifier(principalsOf(this.executors));
    this.broker = new SimBroker(this, allTopics(this.executors));
  }

  readonly newId = (): string => uuidV7(EPOCH_MS + Math.floor(this.time.now), this.ids.bytes(10));

  schema(name: string): SimSchema {
    const there = this.schemas.get(name);
    if (there) return there;
    const made = new SimSchema(this);
    this.schemas.set(name, made);
    return made;
  }

  allSchemas(): ReadonlyMap<string, SimSchema> {
    return this.schemas;
  }

  /** Starts a process, and starts it again whenever it has died. */
  keepRunning(name: string, boot: Boot, life = 1): void {
    const process = this.startOnce(name, boot, life);
    process.onDeath(() => {
      this.time.schedule(this.dice.between(100, 4_000), null, () => this.keepRunning(name, boot, life + 1));
    });
  }

  startOnce(name: string, boot: Boot, life = 1): SimProcess {
    const process = new SimProcess(name, life);
    this.started.push(process);
    this.time.schedule(this.dice.between(0, 50), process, () => {
      boot(this, process).catch((error: unknown) => this.exit(process, error as Error));
    });
    return process;
  }

  /** Nothing fails any more, and all clocks are right again. */
  heal(): void {
    this.faults.over = true;
    for (const process of this.started) process.wallOffsetMs = 0;
  }

  crash(process: SimProcess): void {
    process.die();
  }

  pause(process: SimProcess, forMs: number): void {
    process.pause(this.time.now, forMs);
  }

  /** A service ends itself. */
  exit(process: SimProcess, error: Error): void {
    if (!process.alive) return;
    this.exits.push({ process: process.name, at: this.time.now, message: String(error.stack ?? error) });
    process.die();
  }
}

export const principalsOf = (executors: readonly string[]): string[] => [
  ...['sequencer', 'readiness-prober', 'ledger', 'console', 'publisher-ci'],
  ...executors.map((name) => `executor-${name}`),
];

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Dice } from '../simulation/time/dice';
import { closeTheBooks, type Books } from './check/books';
import { doubled, noDoubleGoesUnnoticed, noGateOpenedEarly, theLedgerTellsWhatWas } from './check/effects';
import { factsOf, gather, type Evidence } from './check/evidence';
import { endsOf, intentsAreKept } from './check/intents';
import type { Violation } from './check/violation';
import { Processes, serviceOf } from './faults/processes';
import { dependencies, type Dependency } from './faults/dependencies';
import { Rounds } from './faults/rounds';
import { Turns } from './faults/turns';
import { ConsoleClient } from './load/console';
import { Driver } from './load/driver';
import { LedgerTail } from './load/ledger-tail';
import { PUBLISHER, TopicPublisher } from './load/publisher';
import { Pulse } from './load/pulse';
import { RecoveryClock } from './load/recovery';
import { killsOf, recoveryOf, type Report } from './report';
import { setStage, type Stage } from './stage';
import { Tally } from './tally';
import { readJournal, type WorldWrite } from './world/journal';

export interface ChaosOptions {
  readonly seed: number;
  /** How long faults happen, minutes. */
  readonly minutes: number;
  /** Sequences in flight. */
  readonly lanes: number;
  /** Share of the turns that go to what the services stand on, 0 to 1. */
  readonly dependencies: number;
  readonly smallDisk: boolean;
  /** Of what happens to the services' ground only the kinds whose names hold this. */
  readonly only?: string;
  /** How long what is open may take to end once the faults are over, milliseconds. */
  readonly drainMs: number;
  /** What the p95 of recovery must keep, milliseconds; null: it is measured only. */
  readonly recoveryWithinMs: number | null;
  say(line: string): void;
}

const TELL_EVERY_MS = 10_000;
const WARM_WITHIN_MS = 30_000;
/** A stopped process sleeps past its lease and its seat (5 s), and now and then past its session at the broker (10 s). */
const STOP_MS = [6_000, 12_000] as const;

/** One chaos run from nothing to its report; everything it started is stopped. */
export async function runChaos(options: ChaosOptions): Promise<Report> {
  const stage = await setStage(options);
  const run = new ChaosRun(stage, options);
  const end = (): void => {
    options.say(`stopping ...; what was written so far stays in ${stage.runDir}`);
    void run
      .end()
      .then(() => stage.stop(true))
      .finally(() => process.exit(130));
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  let isKept = true;
  try {
    const report = await run.run();
    isKept = report.violations.length > 0;
    return report;
  } finally {
    process.removeListener('SIGINT', end).removeListener('SIGTERM', end);
    if (isKept) options.say(`logs, journal and export of this run: ${stage.runDir}`);
    await stage.stop(isKept);
  }
}

class ChaosRun {
  private readonly dice: Dice;
  private readonly tally = new Tally();
  private readonly recovery = new RecoveryClock();
  private readonly processes: Processes;
  private readonly rounds: Rounds;
  private readonly tail: LedgerTail;
  private readonly publisher: TopicPublisher;
  private readonly driver: Driver;
  private readonly pulse: Pulse;
  /** Faults under way besides those of the processes. */
  private disturbances = 0;
  private faultsOver = false;
  private isOver = false;

  constructor(
    private readonly stage: Stage,
    private readonly options: ChaosOptions,
  ) {
    this.dice = new Dice(options.seed, 'faults');
    this.processes = this.keeper();
    this.rounds = new Rounds(this.processes, this.dice, {
      isOver: () => this.faultsOver,
    });
    const { kafka, prefix, services } = stage;
    this.publisher = new TopicPublisher(
      { brokers: kafka.brokers, prefix, keyFile: services.keyFile(PUBLISHER) },
      () => this.isOver,
    );
    this.driver = this.load();
    this.pulse = new Pulse({
      ...{ url: services.consoleUrl, token: services.token },
      answered: (askedAt) => this.recovery.worked('console', askedAt, Date.now()),
    });
    this.tail = new LedgerTail({
      ...{ brokers: kafka.brokers, prefix },
      onFact: (sequenceId, fact) => this.driver.take(sequenceId, fact),
      onWork: (service, madeAt) => this.recovery.worked(service, madeAt, Date.now()),
    });
  }

  async run(): Promise<Report> {
    const { say, minutes, seed, drainMs } = this.options;
    say(`chaos: seed ${seed}, ${minutes} min of faults over ${this.processes.names().length} processes`);
    this.processes.start();
    await this.tail.start();
    this.driver.start();
    this.pulse.start();
    const telling = setInterval(() => say(this.line()), TELL_EVERY_MS);
    try {
      // The first faults fall on work under way.
      await this.until(() => this.driver.ended > 0, WARM_WITHIN_MS);
      const faults = this.turns(minutes * 60_000).run();
      await pause(minutes * 60_000);
      this.faultsOver = true;
      await faults;
      this.processes.calm();
      say('the faults are over; waiting until all has ended');
      // The load goes on meanwhile, so that every process has something to show itself with.
      await this.until(() => this.recovery.missing().length === 0, drainMs);
      await this.driver.drain(drainMs);
      this.isOver = true;
      say('all has ended; closing the books');
      return await this.report();
    } finally {
      clearInterval(telling);
      await this.end();
    }
  }

  /** Lets go of everything, at any time: nothing is started again after it. */
  async end(): Promise<void> {
    this.faultsOver = this.isOver = true;
    await Promise.all([this.processes.end(), this.pulse.stop(), this.tail.close(), this.publisher.close()]);
  }

  private async until(is: () => boolean, withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!is() && performance.now() < deadline) await pause(100);
  }

  private keeper(): Processes {
    return new Processes(this.stage.services, join(this.stage.runDir, 'faults'), {
      died: (death) => {
        this.tally.died(death);
        if (death.by === null) return;
        this.recovery.killed(death.name, death.at, this.disturbances > 0);
        if (death.by !== 'random' && death.by !== 'start') this.rounds.met(death.by);
        this.rounds.died(death.name);
      },
      stopped: ({ name, point }) => {
        this.tally.stopped(serviceOf(name), point);
        if (point !== 'start') this.rounds.met(point);
      },
      stopMs: () => this.dice.int(...STOP_MS),
    });
  }

  private turns(forMs: number): Turns {
    const untilMs = performance.now() + forMs;
    return new Turns({
      ...{ rounds: this.rounds, dice: this.dice, say: this.options.say },
      share: this.options.dependencies,
      dependencies: this.dependencies(),
      isOver: () => this.faultsOver,
      isCalm: () => this.recovery.missing().length === 0,
      flowsSince: (at) => this.tail.newestAt > at,
      leftMs: () => untilMs - performance.now(),
      inflicted: (kind) => {
        this.disturbances++;
        this.recovery.disturb();
        this.tally.other(kind);
      },
      spared: (kind, why) => this.tally.spared(kind, why),
      recovered: (kind, ms) => {
        this.disturbances--;
        this.tally.afterOther(kind, ms);
      },
    });
  }

  private dependencies(): Dependency[] {
    const { stage, processes, dice, driver: load } = this;
    const all = dependencies({ stage, processes, dice, load });
    return all.filter(({ kind }) => kind.includes(this.options.only ?? ''));
  }

  private load(): Driver {
    const { services, world } = this.stage;
    return new Driver({
      lanes: this.options.lanes,
      dice: new Dice(this.options.seed, 'load'),
      console: new ConsoleClient(services.consoleUrl, services.token, () => this.isOver),
      publisher: this.publisher,
      journal: () => journalOf(world.journal),
      forget: async (resource) => void (await fetch(`${world.url}/${resource}`, { method: 'DELETE' })),
    });
  }

  private line(): string {
    const { kills, pauses } = this.tally;
    const { acknowledged, ended } = this.driver;
    const down = this.processes.names().filter((name) => !this.processes.isUp(name));
    return (
      `  ${Math.round(performance.now() / 1_000)} s: kills ${kills}, pauses ${pauses}; acknowledged ${acknowledged.length}, ended ${ended}; ledger ${this.tail.entries}` +
      `; down: ${down.join(', ') || 'none'}`
    );
  }

  private async report(): Promise<Report> {
    const books = await closeTheBooks(this.stage, '30s');
    const evidence = gather(this.driver.acknowledged, this.stage.world.journal, books.exportFile);
    const recovery = recoveryOf(this.recovery.recovered, this.recovery.superseded);
    const troubles = this.driver.troubles.map((detail) => ({ kind: 'client', detail }));
    const violations = [
      ...violationsIn(evidence, books),
      ...troubles,
      ...this.slowness(recovery.p95),
      ...this.idleness(),
    ];
    return {
      ...{ seed: this.options.seed, minutes: this.options.minutes, rounds: this.rounds.count },
      ...killsOf(this.tally),
      smallDisk: this.stage.disks.told,
      acknowledged: this.acknowledged(),
      ended: endsOf(evidence),
      lost: violations.filter(({ kind }) => kind === 'lost').length,
      doubled: doubled(evidence),
      unknown: { ...unknownOf(evidence), settledByPerson: { ...this.driver.settled } },
      ...{ recovery, accounting: books.accounting, verify: books.verify, check: books.check },
      ...{ entries: evidence.entries, violations },
    };
  }

  private acknowledged(): Report['acknowledged'] {
    const { acknowledged } = this.driver;
    const http = acknowledged.filter(({ way }) => way === 'http').length;
    return { total: acknowledged.length, http, topic: acknowledged.length - http };
  }

  /** A run that did nothing shows nothing. */
  private *idleness(): Iterable<Violation> {
    const { kills, pauses, others } = this.tally;
    const done = kills + pauses + Object.values(others).reduce((sum, n) => sum + n, 0);
    if (done === 0) yield { kind: 'nothing-inflicted', detail: 'nothing was killed, stopped or disturbed' };
  }

  private *slowness(p95: number | null): Iterable<Violation> {
    const { recoveryWithinMs } = this.options;
    if ((p95 ?? 0) > (recoveryWithinMs ?? Infinity)) yield { kind: 'recovery', detail: `p95 is ${p95} ms` };
    for (const { name, at } of this.recovery.missing())
      yield { kind: 'recovery', detail: `${name}, killed at ${new Date(at).toISOString()}, is not seen at work again` };
  }
}

const violationsIn = (evidence: Evidence, books: Books): Violation[] => [
  ...books.violations,
  ...intentsAreKept(evidence),
  ...noDoubleGoesUnnoticed(evidence),
  ...theLedgerTellsWhatWas(evidence),
  ...noGateOpenedEarly(evidence),
];

function unknownOf({ told }: Evidence) {
  const sequences = [...told.values()];
  const count = (of: (sequence: (typeof sequences)[number]) => number): number =>
    sequences.reduce((sum, sequence) => sum + of(sequence), 0);
  return {
    told: count((one) => factsOf(one, 'outcome-unknown').length),
    settledByLookUp: count((one) => factsOf(one, 'step-applied').filter((fact) => fact.settledByLookUp).length),
    duplicateSuspected: count((one) => factsOf(one, 'duplicate-suspected').length),
  };
}

const journalOf = (file: string): WorldWrite[] => (existsSync(file) ? readJournal(file) : []);

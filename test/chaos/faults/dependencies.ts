import { setTimeout as pause } from 'node:timers/promises';
import { commandsTopic, topicNames } from '@causeway/contracts';
import type { Dice } from '../../simulation/time/dice';
import type { Stage } from '../stage';
import { EXECUTOR } from '../world/plan';
import { endSessions, exhaust, holdLock, shutOut } from './database';
import { forgetOffsets, rebalanceStorm } from './groups';
import { poison } from './poison';
import { SERVICES } from './points';
import type { Processes } from './processes';
import type { SmallDisk } from './small-disk';
import { makeAnew, type Load } from './topics';

/** What can happen to what the services stand on; each ends by itself. */
export interface Dependency {
  readonly kind: string;
  inflict(): Promise<void>;
}

const TABLES = ['sequencer.sequence', 'sequencer.outbox', 'executor_world.open_claims', 'readiness_prober.open_probe'];
const { intents, records, readings, results } = topicNames;
const MADE_ANEW = [intents, records, readings, results, commandsTopic(EXECUTOR)];
/** A server that ends itself for want of space is gone by then. */
const ENDED_BY_THEN_MS = 2_000;
/** Long enough for the broker to have forgotten a dead member. */
const SESSION_OVER_MS = 11_000;

interface Around {
  readonly stage: Stage;
  readonly processes: Processes;
  readonly dice: Dice;
  readonly load: Load;
}

/** The rows of the dependency matrix that need no rights beyond the run's own processes, as far as the stage allows them. */
export function dependencies({ stage, processes, dice, load }: Around): Dependency[] {
  const all = [...always(stage, processes, dice), topicMadeAnew(stage, dice, load)];
  if (stage.kafka.provider === 'process') all.push(...ofOwnBroker(stage, dice));
  if (stage.postgres.provider === 'process') all.push(...ofOwnDatabase(stage, dice));
  return all;
}

function* always(stage: Stage, processes: Processes, dice: Dice): Iterable<Dependency> {
  const { kafka, databaseUrl, roles, prefix, world } = stage;
  yield { kind: 'database sessions ended', inflict: async () => void (await endSessions(databaseUrl)) };
  yield { kind: 'table locked', inflict: () => holdLock(databaseUrl, dice.pick(TABLES), dice.int(2_000, 9_000)) };
  yield {
    kind: 'one service gets no connection',
    inflict: () => shutOut(databaseUrl, roles.get(dice.pick(SERVICES)) as string, dice.int(2_000, 8_000)),
  };
  yield { kind: 'poison on topics', inflict: async () => void (await poison(kafka.brokers, prefix, dice)) };
  yield {
    kind: 'target stands still',
    inflict: async () => {
      world.pause();
      await pause(dice.int(2_000, 8_000));
      world.resume();
    },
  };
  yield {
    kind: 'offsets lost',
    inflict: () => {
      const name = dice.pick(['readiness-prober', 'ledger'] as const);
      const forget = (): Promise<void> => forgetOffsets(kafka.brokers, prefix + name);
      return processes.whileDown(name, () => pause(SESSION_OVER_MS).then(forget));
    },
  };
  yield {
    kind: 'rebalance storm',
    inflict: () => {
      const [group, topic] = dice.pick([
        [`executor-${EXECUTOR}`, commandsTopic(EXECUTOR)],
        ['sequencer', topicNames.results],
      ] as const);
      return rebalanceStorm(kafka.brokers, prefix + group, prefix + topic, dice.int(3, 8));
    },
  };
}

const topicMadeAnew = ({ kafka, prefix }: Stage, dice: Dice, load: Load): Dependency => ({
  kind: 'topic made anew',
  inflict: () => {
    const topic = dice.pick(MADE_ANEW);
    return makeAnew({ brokers: kafka.brokers, prefix, topic, load, goneForMs: dice.int(0, 3_000) });
  },
});

function* ofOwnBroker({ kafka, proxy, disks }: Stage, dice: Dice): Iterable<Dependency> {
  if (disks.broker) yield diskFull('disk of the broker full', disks.broker, kafka, dice);
  yield {
    kind: 'broker killed',
    inflict: async () => {
      await kafka.kill();
      await pause(dice.int(0, 6_000));
      await kafka.restart();
    },
  };
  const paused = (kind: string, forMs: number): Dependency => ({
    kind,
    inflict: async () => {
      kafka.pause();
      await pause(forMs);
      kafka.resume();
    },
  });
  yield paused('broker paused 5 s', 5_000);
  yield paused('broker paused 60 s', 60_000);
  const lossy = (kind: string, mode: 'swallow' | 'black-hole'): Dependency => ({
    kind,
    inflict: async () => {
      proxy?.turn(mode);
      await pause(dice.int(1_000, 12_000));
      proxy?.turn('pass');
    },
  });
  yield lossy('broker answers swallowed', 'swallow');
  yield lossy('broker connections half open', 'black-hole');
}

function* ofOwnDatabase({ postgres, databaseUrl, disks }: Stage, dice: Dice): Iterable<Dependency> {
  if (disks.database) yield diskFull('disk of the database full', disks.database, postgres, dice);
  yield {
    kind: 'database killed',
    inflict: async () => {
      await postgres.kill();
      await pause(dice.int(0, 4_000));
      await postgres.restart();
    },
  };
  yield { kind: 'database connections exhausted', inflict: () => exhaust(databaseUrl, dice.int(2_000, 8_000)) };
}

/** Either server may end itself when it cannot write: once there is space, whoever looks after it starts it again. */
const diskFull = (
  kind: string,
  disk: SmallDisk,
  server: { pid(): number | null; restart(): Promise<void> },
  dice: Dice,
): Dependency => ({
  kind,
  inflict: async () => {
    await disk.fill();
    await pause(dice.int(2_000, 8_000));
    await disk.free();
    await pause(ENDED_BY_THEN_MS);
    if (!isAlive(server.pid())) await server.restart();
  },
});

function isAlive(pid: number | null): boolean {
  try {
    return pid !== null && process.kill(pid, 0);
  } catch {
    return false;
  }
}

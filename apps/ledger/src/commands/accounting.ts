import { createKafkaBus, kafkaOptionsFrom, type EventBus } from '@causeway/messaging';
import { durationMs } from '@causeway/contracts';
import { openDatabase, type Tx } from '@causeway/persistence';
import { setTimeout as pause } from 'node:timers/promises';
import { readAccountingConfig } from '../config';
import { asLines, balanceOf, type PartitionBalance, type PartitionRange } from '../handle/balance';
import { firstOffset, newestByTopic, type Generation } from '../handle/generations';
import { takenTopics } from '../handle/taken-topics';
import { countPlaces } from '../store/count-places';
import { allGenerations } from '../store/generation-table';
import { ledgerMigrations, SCHEMA } from '../store/migrations';

const POLL_MS = 250;

/**
 * Whether every message that lies on a governed topic is in the ledger, a repetition, or parked (I14). Only reads, so the service
 * may run. Waits up to `--settle` for the numbers to add up. 0 when they do, 1 naming the partitions where they do not.
 */
export async function accounting(args: readonly string[]): Promise<number> {
  const { DATABASE_URL, CAUSEWAY_EXECUTORS } = readAccountingConfig();
  const settleMs = settleOf(args);
  const bus = createKafkaBus({ ...kafkaOptionsFrom(process.env), clientId: 'ledger-accounting' });
  const database = await openDatabase({
    url: DATABASE_URL,
    schema: SCHEMA,
    migrations: ledgerMigrations,
    migrate: false,
    poolSize: 1,
  });
  try {
    const balances = await settled(bus, database, takenTopics(CAUSEWAY_EXECUTORS), settleMs);
    const addsUp = balances.every((balance) => balance.addsUp);
    const anew = (await allGenerations(database)).filter(({ number }) => number > 0);
    process.stdout.write(
      args.includes('--json')
        ? `${JSON.stringify({ addsUp, partitions: balances, madeAnew: anew })}\n`
        : madeAnew(anew) + asLines(balances),
    );
    return addsUp ? 0 : 1;
  } finally {
    await Promise.all([bus.close(), database.close()]);
  }
}

function settleOf(args: readonly string[]): number {
  const at = args.indexOf('--settle');
  if (at < 0) return 0;
  try {
    return durationMs(args[at + 1] ?? '');
  } catch {
    throw new Error(`--settle needs a duration like 10s, not "${args[at + 1] ?? ''}"`);
  }
}

/** The numbers as soon as they add up, or as they are when the time is over. */
export async function settled(
  bus: Pick<EventBus, 'watermarks'>,
  database: Tx,
  topics: readonly string[],
  settleMs: number,
): Promise<PartitionBalance[]> {
  const deadlineMs = performance.now() + settleMs;
  for (;;) {
    const balances = await look(bus, database, topics);
    if (balances.every(({ addsUp }) => addsUp) || performance.now() >= deadlineMs) return balances;
    await pause(POLL_MS);
  }
}

/** Marks first: what is produced between the two readings can only be counted too much, and counting stops at the mark. */
async function look(
  bus: Pick<EventBus, 'watermarks'>,
  database: Tx,
  topics: readonly string[],
): Promise<PartitionBalance[]> {
  const marks = await bus.watermarks(topics);
  const newest = newestByTopic(await allGenerations(database));
  const ranges = [...marks].flatMap(([topic, ofTopic]) =>
    ofTopic.map((mark) => ({ topic, generation: newest.get(topic)?.number ?? 0, ...mark })),
  );
  const counts = await countPlaces(database, ranges.map(asPlaces));
  return ranges.map((range) => balanceOf(range, counts.get(`${range.topic}/${range.partition}`)));
}

/** As the tables count it. */
function asPlaces({ generation, start, end, ...where }: PartitionRange): PartitionRange {
  const first = firstOffset(generation ?? 0);
  return { ...where, start: first + start, end: first + end };
}

/** What was made anew, for people: nobody can count any more what lay unread on a topic that is gone. */
const madeAnew = (generations: readonly Generation[]): string =>
  generations
    .map(
      ({ topic, number, at, size }) =>
        `${topic} was made anew at ${at.toISOString()}, when the log had ${size} entries (generation ${number}); what nobody had read of it before is gone\n`,
    )
    .join('');

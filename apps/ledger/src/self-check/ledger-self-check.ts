import { topicNames } from '@causeway/contracts';
import { ok, wrong, type Check, type Finding } from '@causeway/self-check';
import type { ReaderAndBroker, SelfCheckPlan } from '@causeway/service';
import type { Reader, Tx } from '@causeway/persistence';
import { settled } from '../commands/accounting';
import { walkNewest } from '../commands/check';
import { readIdentity, readTopics } from '../config';
import type { PartitionBalance } from '../handle/balance';
import { firstOffset } from '../handle/generations';
import { takenTopics } from '../handle/taken-topics';
import { allGenerations } from '../store/generation-table';
import { ledgerMigrations, SCHEMA } from '../store/migrations';
import { logWork, unpublished } from '../store/own-state';
import { highestPlaces } from '../store/places-table';
import { excessRights } from '../store/roles';
import { judgeAccounts, judgeGenerations, judgePublication, judgeTree, judgeWork, type Account } from './judge-log';

/** How long the sums may take to add up, milliseconds: what is under way arrives meanwhile. */
const SETTLE_MS = 5_000;
/** A larger log is looked at from its newest part; the `check` command computes all of it. */
const MOST_ENTRIES = 20_000;

const rights: Check<Reader> = {
  name: 'rights',
  look: async (reader) => [judgeRights(await excessRights(reader))],
};

const generations: Check<Reader> = {
  name: 'generations',
  look: async (reader) => judgeGenerations(await allGenerations(reader), Date.now()),
};

const tree: Check<Reader> = {
  name: 'tree',
  look: (reader) =>
    reader.snapshot(async (tx) => {
      const { walked, from, size } = await walkNewest(tx, readIdentity(), MOST_ENTRIES);
      return [judgeTree(walked.ok ? null : walked.fault, size, from)];
    }),
};

const accounting: Check<ReaderAndBroker> = {
  name: 'accounting',
  look: async ({ reader, broker }) => {
    const { CAUSEWAY_EXECUTORS } = readTopics();
    const balances = await settled(broker, reader, takenTopics(CAUSEWAY_EXECUTORS), SETTLE_MS);
    return judgeAccounts(await accountsOf(reader, balances));
  },
};

const publication: Check<ReaderAndBroker> = {
  name: 'publication',
  look: async ({ reader, broker }) => {
    const marks = (await broker.watermarks([topicNames.ledger])).get(topicNames.ledger) ?? [];
    const hasMessages = marks.some(({ start, end }) => end > start);
    return [judgePublication(await unpublished(reader, hasMessages))];
  },
};

export const LEDGER_SELF_CHECK: SelfCheckPlan = {
  service: 'ledger',
  schema: SCHEMA,
  migrations: ledgerMigrations,
  hasOutbox: false,
  hasSeat: false,
  migrate: 'run node dist/apps/ledger/src/main.js migrate with LEDGER_OWNER_URL set, then start the ledger',
  tables: [
    rights,
    generations,
    { name: 'causes and dead letters', look: async (reader) => judgeWork(await logWork(reader)) },
    tree,
  ],
  both: [accounting, publication],
};

async function accountsOf(tx: Tx, balances: readonly PartitionBalance[]): Promise<Account[]> {
  const places = await highestPlaces(
    tx,
    balances.map(({ topic, partition }) => ({ topic, partition })),
  );
  const highest = new Map(places.map(({ topic, partition, offset }) => [`${topic}/${partition}`, BigInt(offset)]));
  return balances.map((balance) => ({ ...balance, notTaken: notTaken(balance, highest) }));
}

function notTaken(balance: PartitionBalance, highest: ReadonlyMap<string, bigint>): number {
  const { topic, partition, generation, start, end } = balance;
  const next = (highest.get(`${topic}/${partition}`) ?? -1n) + 1n - firstOffset(generation);
  const from = next > BigInt(start) ? next : BigInt(start);
  return Math.max(0, Number(BigInt(end) - from));
}

const judgeRights = (excess: readonly string[]): Finding =>
  excess.length === 0
    ? ok('rights', 'ledger', 'insert and select only')
    : wrong(
        'failing',
        'rights',
        'ledger',
        `its role may do more than insert and select: ${excess.join(', ')}`,
        'run node dist/apps/ledger/src/main.js migrate with LEDGER_OWNER_URL set: it takes the other rights away',
      );

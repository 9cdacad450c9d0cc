/** What the state of the log, its tree and its accounting says to an operator. Pure. */
import { ok, spanText, wrong, type Finding } from '@causeway/self-check';
import type { PartitionBalance } from '../handle/balance';
import type { Generation } from '../handle/generations';
import type { LogFault } from '../handle/walk-log';
import type { LogWork, Unpublished } from '../store/own-state';

/** Publication follows an append at once, and a cause that comes at all comes within half a minute. */
const UNPUBLISHED_MS = 15_000;
const WAITING_MS = 60_000;

const COMMANDS = 'node dist/apps/ledger/src/main.js';

export function judgeWork(work: LogWork): Finding[] {
  const { cut, waiting, waitingMs } = work;
  const late = waiting > 0 && (waitingMs ?? 0) > WAITING_MS;
  return [
    ...(cut > 0 ? [tailCut(cut)] : []),
    late ? lateCauses(waiting, waitingMs ?? 0) : ok('causes', 'ledger', `${waiting} waiting`),
    judgeParked(work),
  ];
}

export function judgePublication({ entries, oldestMs }: Unpublished): Finding {
  if (entries === 0 || (oldestMs ?? 0) <= UNPUBLISHED_MS) return ok('publication', 'ledger', '');
  return wrong(
    'failing',
    'publication',
    'ledger',
    `${entries} entries are not on their topic, the first for ${spanText(oldestMs ?? 0)}: console and analytics do not see them`,
    'is a ledger running, and the broker there? its log says what the broker refuses',
  );
}

const lateCauses = (waiting: number, waitingMs: number): Finding =>
  wrong(
    'attention',
    'causes',
    'ledger',
    `${waiting} messages wait for a cause that is nowhere, the first for ${spanText(waitingMs)}`,
    'the cause is still in an outbox (see outbox), or was never sent; the running ledger gives up waiting by itself and records that',
  );

const tailCut = (entries: number): Finding =>
  wrong(
    'broken',
    'tree',
    'ledger',
    `${entries} entries that were published are not in the tables: the tail was cut, or an older backup restored`,
    'stop the ledger before it signs other entries at those places; they still lie on causeway.ledger.v1 and in exports',
  );

function judgeParked({ parked, parkedLately, lastParked }: LogWork): Finding {
  if (parkedLately === 0 || lastParked === null) return ok('dead letters', 'all topics', `${parked}, none in 24 h`);
  return wrong(
    'attention',
    'dead letters',
    'all topics',
    `${parkedLately} in 24 h (${parked} in all), the last ${spanText(lastParked.ageMs)} ago: ${lastParked.place} (${lastParked.reason})`,
    `who sent it has to send it right again; it lies on <topic>.dlq, and causeway history -o jsonl has its digest. Nothing else waits for it`,
  );
}

/** @param all whether every entry was looked at, not only the newest */
export function judgeTree(fault: LogFault | null, size: number, from: number): Finding {
  const looked = from === 0 ? `all ${size} entries` : `the newest ${size - from} of ${size} entries`;
  if (fault === null) return ok('tree', 'ledger', `${looked} agree with head and signed checkpoint`);
  if (fault.isKeyUnknown) return keyUnknown(fault);
  return wrong(
    'broken',
    'tree',
    'ledger',
    `damaged at index ${fault.index}: ${fault.detail}`,
    `stop the ledger, keep the database as it is for whoever investigates, find the whole extent with ${COMMANDS} check, and restore from a backup; an older export (causeway verify) shows what stood there`,
  );
}

const keyUnknown = ({ index, detail }: LogFault): Finding =>
  wrong(
    'broken',
    'tree',
    'ledger',
    `cannot be verified from index ${index} on: ${detail}`,
    'put that key back into CAUSEWAY_TRUST_FILE: older keys of the ledger stay there (docs/reference/keys.md). When the ledger never had such a key, another hand wrote the log: stop the ledger and keep the database as it is',
  );

/** A balance, and how far its partition was taken at all: what comes after is lag, not loss. */
export interface Account extends PartitionBalance {
  /** Messages after the last one that any table accounts for. */
  readonly notTaken: number;
}

export function judgeAccounts(accounts: readonly Account[]): Finding[] {
  const bad = accounts.flatMap(judgeAccount);
  const produced = accounts.reduce((sum, one) => sum + one.produced, 0);
  const notTaken = accounts.reduce((sum, one) => sum + one.notTaken, 0);
  const rest = notTaken > 0 ? `, ${notTaken} not taken yet (see lag)` : '';
  return bad.length > 0 ? bad : [ok('accounting', `${produced} messages`, `all accounted for${rest}`)];
}

function judgeAccount({ topic, partition, missing, notTaken, waiting, produced }: Account): Finding[] {
  const lost = missing - notTaken - waiting;
  if (lost === 0) return [];
  const what =
    lost > 0
      ? `${lost} of ${produced} messages are neither in the ledger nor repetitions nor parked, though later ones are`
      : `${-lost} more places are accounted for than the topic has messages: it was cut, or made anew and the ledger has not met it yet`;
  const remedy = `${COMMANDS} accounting --settle 30s shows the sums; when it stays, keep topic and tables as they are, and start the ledger again: it reads from its last place`;
  return [wrong('broken', 'accounting', `${topic}/${partition}`, what, remedy)];
}

/** A topic that was made anew is for somebody to look into for so long. */
const LATELY_MS = 24 * 3_600_000;

/** @param now Unix milliseconds */
export function judgeGenerations(generations: readonly Generation[], now: number): Finding[] {
  const anew = generations.filter(({ number }) => number > 0);
  const lately = anew.filter(({ at }) => now - at.getTime() < LATELY_MS);
  if (lately.length === 0) return [ok('generations', 'all topics', `${anew.length} made anew, none in 24 h`)];
  return lately.map(({ topic, number, at, size }) =>
    wrong(
      'attention',
      'generations',
      topic,
      `made anew ${spanText(now - at.getTime())} ago, when the log had ${size} entries (generation ${number}): what nobody had read of it before is gone`,
      'find out who deletes topics; look for sequences that stand still since then (causeway status), and have what was published around Causeway in those seconds published again: what is known already changes nothing',
    ),
  );
}

import { Frontier, leafHash } from '@causeway/ledger-core';
import { allTopics } from '@causeway/contracts';
import { openRaw, topicIndex, type Log } from '@causeway/messaging';
import { loadVerifier, newEventId, sha256 } from '@causeway/signing';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Appender } from '../src/handle/appender';
import { LedgerFigures } from '../src/handle/figures';
import { noteSignerOf } from '../src/handle/ledger-key';
import { LedgerWriter } from '../src/handle/ledger-writer';
import type { EventArrival, Head, MadeEntry } from '../src/handle/ports';
import { RecentIds } from '../src/handle/recent-ids';
import { Sieve } from '../src/handle/sift';
import { arrivalOf } from '../src/inbound/intake';
import { MemoryLog } from './memory-log';
import { cast, EXECUTOR, type Told } from './story';

export const people = cast(mkdtempSync(join(tmpdir(), 'causeway-writer-')));
const verifier = loadVerifier(people.trustFile);
const door = { verifier, topics: topicIndex(allTopics([EXECUTOR])) };
const ORIGIN = 'causeway.local/ledger';

/** Messages as they come through the door, at the next offsets of partition 0 of their topics. */
export class Broker {
  private readonly ends = new Map<string, number>();

  deliver(told: readonly Told[]): EventArrival[] {
    return people.seal(told).map((sealed) => {
      const offset = this.ends.get(sealed.topic) ?? 0;
      this.ends.set(sealed.topic, offset + 1);
      return arrivalAt({ ...sealed, offset: String(offset) });
    });
  }

  /** The same messages from the same places. */
  again(arrivals: readonly EventArrival[]): EventArrival[] {
    return arrivals.map(({ received }) => arrivalOf(received));
  }
}

function arrivalAt(sealed: ReturnType<typeof people.seal>[number] & { offset: string }): EventArrival {
  const opened = openRaw({ ...sealed, partition: 0, timestampMs: 0 }, door);
  if (opened.kind === 'parked') throw new Error(opened.deadLetter.detail);
  return arrivalOf(opened.received);
}

/** The writer over tables in memory. Time is what the test says; pauses only pass it. */
export function writerBench({ waitMs = 30_000, recent = 1_000, maxWaiting = 10_000 } = {}) {
  const store = new MemoryLog();
  const figures = new LedgerFigures();
  const said: string[] = [];
  const say = (details: object, text: string): void => void said.push(`${text} ${JSON.stringify(details)}`);
  const log: Log = { debug: () => undefined, info: say, warn: say, error: say };
  const published: { entries: readonly MadeEntry[]; head: Head }[] = [];
  const time = { ms: 0, takingIn: true };
  const ids = new RecentIds(recent);
  const common = { store, figures, log, monotonic: () => time.ms, recent: ids };
  const appender = new Appender({
    ...common,
    epoch: 1,
    frontier: Frontier.empty(sha256),
    sha256,
    making: { sha256, source: '/ledger', origin: ORIGIN, newId: newEventId },
    noteSigner: noteSignerOf(people.signer('ledger'), verifier, ORIGIN),
    publication: { committed: (entries, head) => void published.push({ entries, head }) },
    now: () => 1_750_000_000_000 + time.ms,
    pause: (ms) => {
      time.ms += ms;
      return new Promise((resolve) => setTimeout(resolve, 1));
    },
  });
  const fatal: Error[] = [];
  const writer = new LedgerWriter({
    ...common,
    appender,
    sieve: new Sieve(store),
    waiting: { waitMs, maxWaiting, maxWeight: 1e9 },
    noteWaitingAfterMs: 2_000,
    isTakingIn: () => time.takingIn,
    onFatal: (error) => void fatal.push(error),
  });
  const logged = (): string[] => store.entriesStored.map(({ arrival }) => arrival.id);
  const rootIsThatOfRows = (): boolean => {
    const leaves = store.entriesStored.map(({ text }) => leafHash(sha256, Buffer.from(text)));
    const root = Frontier.empty(sha256).appendAll(leaves).root();
    return Buffer.compare(root, store.heads.at(-1)?.root ?? Buffer.alloc(0)) === 0;
  };
  return { store, figures, said, published, time, writer, fatal, logged, rootIsThatOfRows };
}

import { allTopics } from '@causeway/contracts';
import { Frontier } from '@causeway/ledger-core';
import { openRaw, topicIndex, type RawMessage } from '@causeway/messaging';
import { loadVerifier, newEventId, sha256 } from '@causeway/signing';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CauseRoom } from '../../src/handle/cause-room';
import { sealEntries } from '../../src/handle/entries-messages';
import { makeEntries } from '../../src/handle/make-entries';
import type { EventArrival } from '../../src/handle/ports';
import { arrivalOf } from '../../src/inbound/intake';
import { appendParameters } from '../../src/store/append-sql';
import { cast, EXECUTOR, stepStory } from '../story';

/** CPU of each stage between the broker's client and the database's, microseconds an entry. No broker, no database. */
const BATCH = 400;
const ROUNDS = 60;
const WARM_UP = 15;

const people = cast(mkdtempSync(join(tmpdir(), 'causeway-stages-')));
const door = { verifier: loadVerifier(people.trustFile), topics: topicIndex(allTopics([EXECUTOR])) };
const spent = new Map<string, number>();
let round = 0;

function timed<T>(stage: string, work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  if (round >= WARM_UP) spent.set(stage, (spent.get(stage) ?? 0) + user + system);
  return result;
}

function rawBatch(): RawMessage[] {
  const stories = Array.from({ length: BATCH / 8 }, stepStory);
  const moments = Array.from({ length: 8 }, (_, n) =>
    people.seal(stories.map((story) => story[n] as (typeof story)[number])),
  );
  return moments.flat().map(({ topic, key, headers, value }, i) => ({
    topic,
    partition: 0,
    offset: String(round * BATCH + i),
    key,
    headers,
    value,
    timestampMs: 0,
  }));
}

let frontier = Frontier.empty(sha256);
for (; round < ROUNDS; round++) {
  const raws = timed('making the messages (not ours)', rawBatch);
  const opened = timed('door: parse, verify, check', () => raws.map((raw) => openRaw(raw, door)));
  const arrivals: EventArrival[] = opened.flatMap((one) => (one.kind === 'message' ? [arrivalOf(one.received)] : []));
  const room = new CauseRoom<EventArrival>({ waitMs: 1_000, maxWaiting: 1_000, maxWeight: 1e9 });
  const known = new Set<string>();
  const released = timed('causes', () => room.admit(arrivals, 0, (id) => known.has(id)));
  const making = { sha256, source: '/ledger', origin: 'causeway.local/ledger', newId: newEventId };
  const entries = timed('entries: canonical bytes, leaf hash', () =>
    makeEntries(released, frontier.size, Date.now(), making),
  );
  if (entries.length !== BATCH) throw new Error(`${entries.length} entries of ${BATCH} messages`);
  frontier = timed('tree', () => frontier.appendAll(entries.map(({ leafHash }) => leafHash)));
  timed('parameters of the insert', () =>
    appendParameters({ epoch: 1, at: '', entries, head: null, duplicates: [], parked: [], waiting: [] }),
  );
  timed('messages for the topic: packed, signed', () =>
    sealEntries(entries, { ...making, signer: people.signer('ledger'), now: Date.now }),
  );
}
for (const [stage, us] of spent) {
  process.stdout.write(`${(us / ((ROUNDS - WARM_UP) * BATCH)).toFixed(1).padStart(6)} µs  ${stage}\n`);
}

import { allTopics, mayWrite, RECORD_TYPE, SIGNATURE_HEADER } from '@causeway/contracts';
import { Frontier, leafHash } from '@causeway/ledger-core';
import { openRaw, topicIndex, type Door, type RawMessage } from '@causeway/messaging';
import { sha256 } from '@causeway/signing';
import { EPOCH_MS } from '../time/timers';
import { BEHIND_MS, type Evidence } from './evidence';
import { violation, type Violation } from './violation';

/** I17: indices without gaps; every head is the root of the rows below it. */
export function* logIsWhole({ lines, ledger }: Evidence): Iterable<Violation> {
  for (const [i, { index }] of lines.entries())
    if (i !== index) return yield violation('I17', `index ${index} stands at place ${i}`);
  let frontier = Frontier.empty(sha256);
  for (const head of ledger.heads) {
    if (head.size < frontier.size)
      return yield violation('I17', `a head of ${head.size} after one of ${frontier.size}`);
    const leaves = ledger.entries
      .slice(frontier.size, head.size)
      .map(({ text }) => leafHash(sha256, Buffer.from(text)));
    frontier = frontier.appendAll(leaves);
    if (frontier.size !== head.size || Buffer.compare(frontier.root(), head.root) !== 0)
      return yield violation('I17', `the head of ${head.size} has another root than its rows`);
  }
  if (frontier.size !== lines.length) yield violation('I17', `no head covers entries from ${frontier.size} on`);
}

/** I16: a cause has the lower index, or the entry says that it was missing. */
export function* causesComeFirst({ lines, byEvent, topics }: Evidence): Iterable<Violation> {
  const stored = firstStored(topics);
  for (const { index, message, causeMissing } of lines) {
    for (const cause of message.causationIds) {
      const found = byEvent.get(cause);
      if (causeMissing.includes(cause)) {
        const lateMs = (stored.get(cause) ?? Infinity) - (stored.get(message.id) ?? 0);
        if (lateMs < 1_000) yield violation('I16', `entry ${index} was taken without its cause, which was there`);
      } else if (!found || found.index > index)
        yield violation('I16', `entry ${index} stands before its cause ${cause}`);
    }
  }
}

/** When each event first lay on a topic, by its id; Unix milliseconds of virtual time. */
export function firstStored(topics: Evidence['topics']): Map<string, number> {
  const stored = new Map<string, number>();
  for (const raw of everything(topics)) {
    const id = raw.headers.ce_id;
    // What is published again may lie in another partition.
    if (id !== undefined) stored.set(id, Math.min(raw.timestampMs, stored.get(id) ?? Infinity));
  }
  return stored;
}

const everything = (topics: Evidence['topics']): RawMessage[] => [...topics.values()].flat(2);

/** I14: every event once; what is counted as a repetition or as parked is that; nothing in two tables. */
export function* eventsAreSingle({ lines, ledger, byEvent, scenario }: Evidence): Iterable<Violation> {
  if (byEvent.size !== lines.length) yield violation('I14', `${lines.length} entries of ${byEvent.size} events`);
  for (const [name] of ledger.duplicates) {
    if (ledger.parked.has(name)) yield violation('I14', `${name} is a repetition and parked`);
    if (scenario.mode === 'liveness' && !byEvent.has(ledger.places.get(name) ?? ''))
      yield violation('I14', `${name} repeats what is not in the ledger`);
  }
}

/** I14, I11: at a quiet moment every message that was ever stored is in the ledger, a repetition, or parked. */
export function* everythingIsAccounted({ topics, ledger, scenario, endedAtMs }: Evidence): Iterable<Violation> {
  if (scenario.mode !== 'liveness') return;
  for (const { topic, partition, offset, timestampMs } of everything(topics)) {
    if (
      timestampMs - EPOCH_MS > endedAtMs - BEHIND_MS ||
      topic.startsWith('causeway.ledger') ||
      topic.startsWith('causeway.checkpoints')
    )
      continue;
    if (!ledger.places.has(`${topic}/${partition}/${offset}`))
      yield violation('I14', `${topic}/${partition}@${offset} is nowhere`);
  }
}

/** I19: what is in the ledger is signed by who may write there, with the keys that are really trusted; what is parked is not. */
export function* onlyTheTrustedIsIn({ lines, topics, ledger, house }: Evidence): Iterable<Violation> {
  const door: Door = { verifier: house.verifier, topics: topicIndex(allTopics(house.executors)) };
  const at = ({ topic, partition, offset }: Pick<RawMessage, 'topic' | 'partition' | 'offset'>): RawMessage =>
    topics.get(topic)?.[partition]?.[Number(offset)] as RawMessage;
  for (const line of lines) {
    const raw = at(line);
    const signed = house.verifier.verify(raw.headers[SIGNATURE_HEADER], raw.value ?? Buffer.alloc(0));
    const settings = door.topics.get(line.topic);
    const isTrusted = signed.ok && `/${signed.principal}` === line.message.source;
    if (!isTrusted || !settings || !mayWrite(settings, signed.principal))
      yield violation('I19', `entry ${line.index} is of nobody who may write ${line.topic}`);
  }
  for (const [name, place] of ledger.parked)
    if (openRaw(at(place), door).kind === 'message') yield violation('I19', `${name} was parked and passes the door`);
}

/** I13: on its topic, the records of a sequence come in order of their versions, repetitions aside. */
export function* recordsKeepOrder({ topics }: Evidence): Iterable<Violation> {
  const next = new Map<string, number>();
  const seen = new Set<string>();
  for (const raw of everything(topics)) {
    if (raw.headers.ce_type !== RECORD_TYPE || seen.has(raw.headers.ce_id ?? '')) continue;
    const message = parsed(raw);
    if (!message || message.source !== '/sequencer') continue;
    seen.add(message.id);
    const { sequenceId, version, records } = message.data;
    const wanted = next.get(sequenceId) ?? 1;
    if (version !== wanted) yield violation('I13', `record ${version} of ${sequenceId} where ${wanted} was next`);
    next.set(sequenceId, version + records.length);
  }
}

interface RecordText {
  readonly id: string;
  readonly source: string;
  readonly data: { readonly sequenceId: string; readonly version: number; readonly records: readonly unknown[] };
}

function parsed(raw: RawMessage): RecordText | null {
  try {
    const message = JSON.parse(String(raw.value)) as RecordText & { type: string };
    return message.type === RECORD_TYPE && raw.key === message.data.sequenceId ? message : null;
  } catch {
    return null;
  }
}

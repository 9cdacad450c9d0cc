import type { Received } from '@causeway/messaging';
import type { Batch, MadeEntry, StoredWaiting } from '../handle/ports';

/**
 * One statement is one transaction: all tables of a batch in a single round trip, or none.
 *
 * Every column comes as one text with a line a row. No value holds a line feed: entries are canonical JSON, which escapes it, and
 * the others are ids, names, numbers and hex. Splitting in the server costs a fraction of what array literals cost to
 * quote here and to read there. `w` is empty unless the epoch is the highest, and then nothing at all is inserted.
 */
export const APPEND = `
with w as materialized (
  select from (select max(epoch) as epoch from writer) as newest where newest.epoch = $1::bigint
), e as (
  insert into entry (index, event_id, topic, partition, "offset", type, sequence_id, recorded_at, leaf_hash, bytes)
  select $3::bigint + n - 1, event_id::uuid, topic, partition::int, "offset"::bigint, type,
    nullif(sequence_id, '')::uuid, $2::timestamptz, decode(leaf_hash, 'hex'), bytes
  from w, unnest(string_to_array($4, E'\\n'), string_to_array($5, E'\\n'), string_to_array($6, E'\\n'),
    string_to_array($7, E'\\n'), string_to_array($8, E'\\n'), string_to_array($9, E'\\n'), string_to_array($10, E'\\n'),
    string_to_array($11, E'\\n')) with ordinality
    as r(event_id, topic, partition, "offset", type, sequence_id, leaf_hash, bytes, n)
), h as (
  insert into head (size, root, frontier, note, epoch, at)
  select $12::bigint, decode($13, 'hex'), string_to_array($14, E'\\n'), $15, $1::bigint, $2::timestamptz
  from w where $12::bigint is not null
)
select count(*)::int as writers from w`;

/** The rare rows, in a statement of their own so that the hot one stays small. Checks the epoch likewise. */
export const APPEND_ASIDE = `
with w as materialized (
  select from (select max(epoch) as epoch from writer) as newest where newest.epoch = $1::bigint
), d as (
  insert into duplicate (topic, partition, "offset", event_id, digest, at)
  select r.topic, r.partition, r."offset", r."eventId", r.digest, $2::timestamptz
  from w, json_to_recordset($3::json) as r(topic text, partition int, "offset" bigint, "eventId" uuid, digest text)
  on conflict do nothing
), p as (
  insert into parked (topic, partition, "offset", reason, digest, at)
  select r.topic, r.partition, r."offset", r.reason, r.digest, $2::timestamptz
  from w, json_to_recordset($4::json) as r(topic text, partition int, "offset" bigint, reason text, digest text)
  on conflict do nothing
), q as (
  insert into waiting (topic, partition, "offset", message, at)
  select r.topic, r.partition, r."offset", r.message, $2::timestamptz
  from w, json_to_recordset($5::json) as r(topic text, partition int, "offset" bigint, message json)
  on conflict do nothing
)
select count(*)::int as writers from w`;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const lines = (entries: readonly MadeEntry[], of: (entry: MadeEntry) => string | number): string =>
  entries.map(of).join('\n');
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');

export function appendParameters({ epoch, at, entries, head }: Batch): unknown[] {
  return [
    epoch,
    at,
    entries[0]?.index ?? 0,
    lines(entries, ({ arrival }) => arrival.id),
    lines(entries, ({ arrival }) => arrival.place.topic),
    lines(entries, ({ arrival }) => arrival.place.partition),
    lines(entries, ({ arrival }) => arrival.place.offset),
    lines(entries, ({ arrival }) => arrival.received.message.type),
    lines(entries, ({ arrival }) => sequenceOf(arrival.received.message.subject)),
    lines(entries, ({ leafHash }) => hexOf(leafHash)),
    lines(entries, ({ text }) => text),
    head?.size ?? null,
    head ? hexOf(head.root) : null,
    head?.frontier.hashes.join('\n') ?? null,
    head?.note ?? null,
  ];
}

/** What belongs to a sequence has its id as subject. */
const sequenceOf = (subject: string): string => (UUID.test(subject) ? subject : '');

export function asideParameters({ epoch, at, duplicates, parked, waiting }: Batch): unknown[] {
  return [
    epoch,
    at,
    JSON.stringify(duplicates.map(({ place, eventId, digest }) => ({ ...place, eventId, digest }))),
    JSON.stringify(
      parked.map(({ topic, partition, offset, reason, digest }) => ({ topic, partition, offset, reason, digest })),
    ),
    JSON.stringify(waiting.map(({ place, received }) => ({ ...place, message: messageOf(received) }))),
  ];
}

/** All that the door needs to open it again; the headers follow from the value. */
const messageOf = ({ key, signature, bytes }: Received): StoredWaiting['message'] => ({
  key,
  signature,
  value: bytes.toString('utf8'),
});

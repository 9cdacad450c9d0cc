import type { EntryItem } from '@causeway/console-api';
import { RECORD_TYPE, type RecordData } from '@causeway/contracts';
import type { Follower } from '../handle/live';
import type { EventStream } from './event-stream';

const HEARTBEAT_MS = 15_000;
const PAGE = 200;

/** What a stream is about. */
export interface Source {
  /** Entries with a larger index, in order; fewer than the limit: there are no more by now. */
  read(after: number, limit: number): Promise<EntryItem[]>;
  /** Whether its last fact is stored. */
  isOver(): Promise<boolean>;
}

/**
 * Sends what is there after that index (-1: from the first) and what comes, until it is over or the follower leaves. `entry` and `end`
 * bear the same id, so whoever resumes behind the last entry may not have got the `end`: it is sent (again).
 */
export async function pump(stream: EventStream, follower: Follower, source: Source, after: number): Promise<void> {
  let cursor = after;
  while (!follower.ended) {
    // Asked before the read: all entries of what was over by then are in it.
    const isOver = await source.isOver();
    const items = await source.read(cursor, PAGE);
    for (const item of items) {
      if (follower.ended) return;
      cursor = Number(item.index);
      await stream.send('entry', item.index, item);
      if (follower.sequenceId !== null && endsSequence(item)) return sendEnd(stream, cursor);
    }
    if (items.length === PAGE) continue;
    if (isOver) return sendEnd(stream, cursor);
    if (!(await follower.change(HEARTBEAT_MS))) await stream.heartbeat();
  }
}

const sendEnd = (stream: EventStream, cursor: number): Promise<void> =>
  stream.send('end', String(cursor), { ended: true });

const LAST_FACTS = new Set(['sequence-ended', 'intent-rejected']);

function endsSequence({ type, message }: EntryItem): boolean {
  if (type !== RECORD_TYPE) return false;
  const { data } = message as unknown as { readonly data: RecordData };
  return data.records.some(({ kind }) => LAST_FACTS.has(kind));
}

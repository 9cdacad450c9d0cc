import type { Tx } from '@causeway/persistence';
import type { StoredEntry, StoredHead } from '../handle/ports';
import { publishedSize } from './published-table';

/** The log as it is stored, for whoever walks it: a service's own database, or one moment of it. */
export class LogReader {
  constructor(private readonly tx: Tx) {}

  async newestHead(): Promise<StoredHead | null> {
    const [row] = await this.tx.query<HeadRow>(`${HEADS} order by size desc limit 1`);
    return row ? headOf(row) : null;
  }

  /** The first head that covers at least so many entries. */
  async headFrom(size: number): Promise<StoredHead | null> {
    const [row] = await this.tx.query<HeadRow>(`${HEADS} where size >= $1 order by size limit 1`, [size]);
    return row ? headOf(row) : null;
  }

  /** Heads above a size, oldest first. */
  async headsAfter(size: number, limit: number): Promise<StoredHead[]> {
    const rows = await this.tx.query<HeadRow>(`${HEADS} where size > $1 order by size limit $2`, [size, limit]);
    return rows.map(headOf);
  }

  publishedSize(): Promise<number> {
    return publishedSize(this.tx);
  }

  async entries(from: number, limit: number): Promise<StoredEntry[]> {
    const rows = await this.tx.query<EntryRow>(ENTRIES, [from, from + limit], 'entries');
    return rows.map((row) => ({
      index: Number(row.index),
      eventId: row.event_id,
      topic: row.topic,
      partition: row.partition,
      offset: row.offset,
      type: row.type,
      leafHash: row.leaf_hash,
      text: row.bytes,
    }));
  }
}

interface EntryRow {
  readonly index: string;
  readonly event_id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly type: string;
  readonly leaf_hash: Buffer;
  readonly bytes: string;
}

interface HeadRow {
  readonly size: string;
  readonly root: Buffer;
  readonly frontier: string[];
  readonly note: string;
  readonly epoch: string;
}

const ENTRIES = `select index, event_id, topic, partition, "offset"::text as "offset", type, leaf_hash, bytes
  from entry where index >= $1 and index < $2 order by index`;
const HEADS = 'select size, root, frontier, note, epoch from head';

const headOf = ({ size, root, frontier, note, epoch }: HeadRow): StoredHead => ({
  size: Number(size),
  root,
  frontier: { size: Number(size), hashes: frontier },
  note,
  epoch: Number(epoch),
});

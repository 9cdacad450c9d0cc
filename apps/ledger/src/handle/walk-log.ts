import { leafHash, openCheckpoint, type Frontier, type NotePorts, type VerifierKey } from '@causeway/ledger-core';
import type { StoredEntry, StoredHead } from './ports';

/** What a walk reads. */
export interface LogRows {
  entries(from: number, limit: number): Promise<StoredEntry[]>;
  headsAfter(size: number, limit: number): Promise<StoredHead[]>;
  /** So many entries are known to have been on the topic. */
  publishedSize(): Promise<number>;
}

/** The first place where the rows are not the log they say they are. */
export interface LogFault {
  /** First index that is bad, or may be when only a root tells. */
  readonly index: number;
  readonly detail: string;
  /** The rows agree, but a checkpoint is signed by a key that was not given: the log may be whole. */
  readonly isKeyUnknown?: boolean;
}

export interface WalkOptions {
  readonly rows: LogRows;
  /** The log up to here is taken as good. */
  readonly from: Frontier;
  readonly ports: NotePorts;
  /** Keys that may have signed the heads, of all generations; their name is the origin. */
  readonly keys: readonly VerifierKey[];
  onProgress?(index: number): void;
}

export type Walked =
  | { readonly ok: true; readonly frontier: Frontier; readonly heads: number }
  | { readonly ok: false; readonly fault: LogFault };

const PAGE = 2_000;

/**
 * Goes through entries and heads from a known frontier to the end: every index there, every leaf hash that of its bytes, the
 * columns what the bytes say, every head the root of the rows below it and signed, no row without a head, and nothing gone that was published.
 */
export async function walkLog(options: WalkOptions): Promise<Walked> {
  let { from: frontier } = options;
  let heads = 0;
  for (;;) {
    const page = await options.rows.headsAfter(frontier.size, PAGE);
    if (page.length === 0) break;
    for (const head of page) {
      const next = await upTo(head, frontier, options);
      if (!('root' in next)) return { ok: false, fault: next };
      frontier = next;
      heads++;
    }
  }
  const [stray] = await options.rows.entries(frontier.size, 1);
  if (stray) return { ok: false, fault: { index: stray.index, detail: 'no head covers this entry' } };
  const published = await options.rows.publishedSize();
  if (published > frontier.size)
    return { ok: false, fault: { index: frontier.size, detail: `missing: ${published} entries were published` } };
  return { ok: true, frontier, heads };
}

/** The frontier at a head, or what is wrong before it. */
async function upTo(head: StoredHead, from: Frontier, options: WalkOptions): Promise<Frontier | LogFault> {
  const { rows, ports, keys } = options;
  let frontier = from;
  while (frontier.size < head.size) {
    const page = await rows.entries(frontier.size, Math.min(PAGE, head.size - frontier.size));
    for (const [i, entry] of page.entries()) {
      const fault = faultOf(entry, frontier.size + i, ports);
      if (fault) return fault;
    }
    if (page.length === 0) return { index: frontier.size, detail: `missing: the head covers ${head.size} entries` };
    frontier = frontier.appendAll(page.map((entry) => entry.leafHash));
    options.onProgress?.(frontier.size);
  }
  const fault = faultOfHead(head, frontier, ports, keys);
  return fault === null
    ? frontier
    : { ...fault, index: from.size, detail: `${fault.detail} (entries ${from.size} to ${head.size - 1})` };
}

function faultOf(entry: StoredEntry, index: number, { sha256 }: NotePorts): LogFault | null {
  if (entry.index !== index) return { index, detail: `missing: the next row is ${entry.index}` };
  if (Buffer.compare(leafHash(sha256, Buffer.from(entry.text, 'utf8')), entry.leafHash) !== 0) {
    return { index, detail: 'the leaf hash is not that of the bytes' };
  }
  const column = differingColumn(entry);
  return column === null ? null : { index, detail: `the column ${column} says something else than the bytes` };
}

function differingColumn(entry: StoredEntry): string | null {
  let data: Readonly<Record<string, unknown>>;
  try {
    data = (JSON.parse(entry.text) as { data: Readonly<Record<string, unknown>> }).data;
  } catch {
    return 'bytes';
  }
  if (data.index !== entry.index) return 'index';
  if (data.eventId !== entry.eventId) return 'event_id';
  if (data.topic !== entry.topic || data.partition !== entry.partition || data.offset !== entry.offset) return 'offset';
  return data.eventType === entry.type ? null : 'type';
}

type HeadFault = Omit<LogFault, 'index'>;

function faultOfHead(
  head: StoredHead,
  frontier: Frontier,
  ports: NotePorts,
  keys: readonly VerifierKey[],
): HeadFault | null {
  const root = frontier.root();
  if (Buffer.compare(root, head.root) !== 0) return { detail: `head ${head.size} has another root than its rows` };
  if (frontier.serialise().hashes.join() !== head.frontier.hashes.join()) {
    return { detail: `head ${head.size} has another frontier than its rows` };
  }
  return faultOfCheckpoint(head, ports, keys);
}

function faultOfCheckpoint(head: StoredHead, ports: NotePorts, keys: readonly VerifierKey[]): HeadFault | null {
  for (const key of keys) {
    const opened = openCheckpoint(ports, head.note, key);
    if (!opened.ok && opened.code === 'note-not-signed-by-key') continue;
    if (!opened.ok) return { detail: `the checkpoint of head ${head.size} does not verify: ${opened.code}` };
    const signsIt = opened.tree.size === head.size && Buffer.compare(opened.tree.root, head.root) === 0;
    return signsIt ? null : { detail: `the checkpoint of head ${head.size} signs another tree` };
  }
  const detail = `the checkpoint of head ${head.size} is signed by no key of the ledger in the trust file`;
  return { detail, isKeyUnknown: true };
}

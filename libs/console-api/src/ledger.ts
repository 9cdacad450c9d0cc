import { z } from 'zod';
import { digest, eventId, instant, name, sequenceId } from '@causeway/contracts';
import { position } from './sequences';

/** A ledger entry with the recorded message parsed. `leaf` of the single-entry answer is the exact text that was hashed. */
export const entryItem = z.strictObject({
  index: position,
  recordedAt: instant,
  eventId,
  type: z.string(),
  topic: z.string(),
  sequenceId: sequenceId.nullable(),
  step: z.string().nullable(),
  /** The recorded message as parsed JSON. */
  message: z.json(),
});
export type EntryItem = z.output<typeof entryItem>;

export const entryWithLeaf = z.strictObject({ ...entryItem.shape, leaf: z.string(), leafHash: digest });
export type EntryWithLeaf = z.output<typeof entryWithLeaf>;

const base64Hash = z.base64().length(44);

/** Receipt of an entry: its leaf hash leads along the proof (RFC 9162) to the root that the checkpoint signs. */
export const inclusionReceipt = z.strictObject({
  index: position,
  leafHash: base64Hash,
  size: position,
  root: base64Hash,
  proof: z.array(base64Hash),
  /** C2SP signed note. */
  checkpoint: z.string(),
});

export type InclusionReceipt = z.output<typeof inclusionReceipt>;

export const consistencyReceipt = z.strictObject({
  from: position,
  size: position,
  root: base64Hash,
  proof: z.array(base64Hash),
  checkpoint: z.string(),
});

export type ConsistencyReceipt = z.output<typeof consistencyReceipt>;

export const checkpointView = z.strictObject({ origin: z.string(), size: position, note: z.string() });
export type CheckpointView = z.output<typeof checkpointView>;

const TARGET_EVENTS = [
  'commanded',
  'applied',
  'already-so',
  'not-applied',
  'outcome-unknown',
  'duplicate-suspected',
  'effective',
  'withdrawn',
] as const;

/** One moment in the life of a target, as far as sequences touched it. */
export const targetEvent = z.strictObject({
  index: position,
  target: name,
  sequenceId,
  plan: z.string(),
  step: name,
  change: z.string(),
  attempt: z.int().nullable(),
  what: z.enum(TARGET_EVENTS),
  scope: name.nullable(),
  at: instant,
  recordedAt: instant,
  requestedBy: z.string(),
  detail: z.string().nullable(),
});
export type TargetEvent = z.output<typeof targetEvent>;

/** A page of a list. `nextCursor` is opaque; null on the last page. */
export const page = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** A page of an answer as of a ledger position: everything up to it was looked at. Null: the ledger is empty. */
export const asOfPage = <T extends z.ZodType>(item: T) =>
  z.strictObject({ asOf: position.nullable(), items: z.array(item), nextCursor: z.string().nullable() });

export interface AsOfPage<T> extends Page<T> {
  readonly asOf: string | null;
}

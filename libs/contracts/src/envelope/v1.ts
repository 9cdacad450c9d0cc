import { z } from 'zod';
import { eventId, instant } from '../ids';
import { limits } from '../limits';

/**
 * Every message's value: the signed part. The CloudEvents headers repeat id, type, source, subject, time and the two
 * extensions for routing; where a header differs from the signed value the message is parked.
 *
 * - `id` UUIDv7 (deterministic UUIDv8 where the same fact must get the same id)
 * - `source` `/` + the principal that made it; must be the principal whose key signed
 * - `subject` what it is about: sequence id, target or log origin
 * - `time` when the source says it was made (a claim; order comes from the ledger)
 * - `correlationId` one story; `causationIds` the messages that led to this one
 */
const fields = {
  id: eventId,
  source: z.string().regex(/^\/[a-z0-9-]{1,63}$/),
  subject: z.string().min(1).max(300),
  time: instant,
  correlationId: z.string().min(1).max(limits.key),
  causationIds: z.array(eventId).max(64),
};

export const envelopeOf = <T extends string, D extends z.ZodType>(type: T, data: D) =>
  z.strictObject({ ...fields, type: z.literal(type), data });

export interface Envelope<T extends string = string, D = unknown> {
  readonly id: string;
  readonly type: T;
  readonly source: string;
  readonly subject: string;
  readonly time: string;
  readonly correlationId: string;
  readonly causationIds: readonly string[];
  readonly data: D;
}

export const principalOf = (source: string): string => source.slice(1);

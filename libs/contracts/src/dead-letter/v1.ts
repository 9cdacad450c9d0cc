import { z } from 'zod';
import { envelopeOf } from '../envelope/v1';
import { digest } from '../ids';

export const DEAD_LETTER_TYPE = 'causeway.message.parked.v1';

/** Why a message never reached a handler. */
export const PARK_REASONS = [
  'empty',
  'too-large',
  'too-deep',
  'not-utf8',
  'not-json',
  'unsigned',
  'bad-signature',
  'unknown-key',
  'writer-not-allowed',
  'unknown-type',
  'schema',
  'header-mismatch',
  'wrong-topic',
  'unknown-target',
] as const;
export type ParkReason = (typeof PARK_REASONS)[number];

/**
 * A message that could not be taken. Its id is derived from where it lay, so whoever parks it first parks it for all:
 * the ledger keeps one record a place.
 */
export const deadLetterData = z.strictObject({
  topic: z.string(),
  partition: z.int().min(0),
  offset: z.string().regex(/^[0-9]{1,20}$/),
  reason: z.enum(PARK_REASONS),
  detail: z.string().max(500),
  /** SHA-256 of the value's bytes, and how many there were. */
  digest,
  bytes: z.int().min(0),
  /** The first bytes of the value, base64, so that a person sees what it was. */
  excerpt: z.base64().max(700),
});

export const deadLetter = envelopeOf(DEAD_LETTER_TYPE, deadLetterData);
export type DeadLetterData = z.output<typeof deadLetterData>;
export type DeadLetter = z.output<typeof deadLetter>;

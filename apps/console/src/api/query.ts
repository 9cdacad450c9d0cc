import {
  duration,
  durationMs,
  eventId,
  limits,
  MUTATION_CLASSES,
  NAME_PATTERN,
  type MutationClass,
} from '@causeway/contracts';
import { SEQUENCE_STATUSES, type SequenceStatus } from '@causeway/console-api';
import { Refused } from '../handle/refused';

/** Parameters of requests, read strictly: a wrong one is refused by name, never guessed at. */

export const MAX_PAGE = 500;
/** Longest text that names a resource, as in the contract of a mutation. */
const MAX_RESOURCE = 300;

export function limitOf(text: string | undefined, preset = 50): number {
  if (text === undefined) return preset;
  const limit = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_PAGE) return limit;
  throw new Refused(400, 'limit-invalid', `limit must be a number from 1 to ${MAX_PAGE}.`);
}

/** Whether a history is asked for from its end; absent: from its beginning. */
export function newestFirst(order: string | undefined): boolean {
  if (order === undefined || order === 'oldest') return false;
  if (order === 'newest') return true;
  throw new Refused(400, 'order-invalid', 'order must be oldest or newest: what comes first.');
}

/** A ledger position; null when absent. */
export function positionOf(text: string | undefined, name: string): number | null {
  if (text === undefined || text === '') return null;
  if (/^(0|[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  throw new Refused(400, `${name.toLowerCase()}-invalid`, `${name} must be a ledger position: a whole number from 0.`);
}

export function statusOf(text: string | undefined): SequenceStatus | null {
  if (text === undefined) return null;
  const status = SEQUENCE_STATUSES.find((one) => one === text);
  if (status) return status;
  throw new Refused(400, 'status-invalid', `status must be one of ${SEQUENCE_STATUSES.join(', ')}.`);
}

export function sequenceIdOf(text: string): string {
  if (eventId.safeParse(text).success) return text;
  throw new Refused(404, 'sequence-not-found', 'A sequence id is a lower-case UUID.');
}

export function nameOf(text: string, what: string): string {
  if (NAME_PATTERN.test(text)) return text;
  throw new Refused(404, `${what}-not-found`, `A ${what} is named in lower-case letters, digits and "-".`);
}

/** A parameter that may be repeated. */
export const namesOf = (texts: string | readonly string[] | undefined, what: string): string[] =>
  texts === undefined ? [] : [texts].flat().map((text) => nameOf(text, what));

/** A resource as its system addresses it; null when absent. */
export function resourceOf(text: string | readonly string[] | undefined): string | null {
  if (text === undefined) return null;
  if (typeof text === 'string' && text.length >= 1 && text.length <= MAX_RESOURCE) return text;
  throw new Refused(400, 'resource-invalid', `resource must be one text of 1 to ${MAX_RESOURCE} characters.`);
}

export function classOf(text: string | undefined): MutationClass | null {
  if (text === undefined) return null;
  const found = MUTATION_CLASSES.find((one) => one === text);
  if (found) return found;
  throw new Refused(400, 'class-invalid', `class must be one of ${MUTATION_CLASSES.join(', ')}.`);
}

export function yesOrNo(text: string | undefined, name: string): boolean {
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  throw new Refused(400, `${name}-invalid`, `${name} must be true or false.`);
}

/**
 * A time as RFC 3339 with milliseconds, or how long ago (`30m`); null when absent.
 * @param nowMs Unix milliseconds
 */
export function timeOf(text: string | undefined, name: string, nowMs: number): string | null {
  if (text === undefined || text === '') return null;
  if (duration.safeParse(text).success) return new Date(nowMs - durationMs(text)).toISOString();
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?Z$/.test(text) && !Number.isNaN(Date.parse(text));
  if (isTime) return new Date(text).toISOString();
  const forms = 'a time in UTC like 2026-01-31T12:00:00Z, or how long ago like 30m';
  throw new Refused(400, `${name}-invalid`, `${name} must be ${forms}.`);
}

export function mustBeJson(contentType: string | undefined): void {
  if (!/^application\/json\b/i.test(contentType ?? ''))
    throw new Refused(415, 'not-json', 'Send the body as application/json.');
}

/** Ledger indices, `3,17,18`. */
export function indicesOf(text: string | readonly string[] | undefined): number[] {
  const parts = typeof text === 'string' ? text.split(',').filter((part) => part !== '') : [];
  const indices = [...new Set(parts)].map((part) => positionOf(part, 'indices') ?? 0);
  if (indices.length >= 1 && indices.length <= MAX_PAGE) return indices.sort((a, b) => a - b);
  throw new Refused(400, 'indices-invalid', `indices must be 1 to ${MAX_PAGE} ledger positions, like 3,17,18.`);
}

/** The Idempotency-Key header. Visible ASCII, so that it can stand in headers, file names and logs. */
export function keyOf(header: string | string[] | undefined): string {
  if (header === undefined || header === '') {
    throw new Refused(
      400,
      'idempotency-key-missing',
      'Send an Idempotency-Key header: the sequence key. A repeat with the same key is safe.',
    );
  }
  if (typeof header === 'string' && header.length <= limits.key && /^[\x21-\x7e]+$/.test(header)) return header;
  throw new Refused(
    400,
    'idempotency-key-invalid',
    `The Idempotency-Key must be 1 to ${limits.key} visible ASCII characters.`,
  );
}

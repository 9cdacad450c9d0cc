import { eventId, limits, NAME_PATTERN } from '@causeway/contracts';
import { SEQUENCE_STATUSES, type SequenceStatus } from '@causeway/console-api';
import { Refused } from '../handle/refused';

/** Parameters of requests, read strictly: a wrong one is refused by name, never guessed at. */

export const MAX_PAGE = 500;

export function limitOf(text: string | undefined, preset = 50): number {
  if (text === undefined) return preset;
  const limit = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_PAGE) return limit;
  throw new Refused(400, 'limit-invalid', `limit must be a number from 1 to ${MAX_PAGE}.`);
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

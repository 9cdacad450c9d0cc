import { z } from 'zod';

/**
 * Names and identifiers of the language. Each is branded at the door (zod) and carried as a plain string after it.
 *
 * Names of plans, steps, targets, scopes and members: `[a-z0-9-]`, 1 to 63 characters, first and last alphanumeric
 * (the form of a DNS label, RFC 1123), so that they fit topics, URLs and file names of every system unchanged.
 */
export const NAME_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
export const name = z.string().regex(NAME_PATTERN, 'must be lower-case letters, digits and "-" (1 to 63 characters)');

/** A change kind with its version, `role-mapping@v1`. */
export const CHANGE_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?@v[1-9][0-9]{0,3}$/;
export const changeName = z.string().regex(CHANGE_PATTERN, 'must be <name>@v<number>, for example role-mapping@v1');

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const eventId = z.string().regex(UUID, 'must be a lower-case UUID');
export const sequenceId = z.string().regex(UUID, 'must be a lower-case UUID');
export const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in 64 lower-case hex digits');

/** What earlier releases took for an instant: of days, too, that do not exist. */
export const FORMER_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z$/;

const DAY =
  '\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))';
const LEAP_DAY = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29';
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3,9}';
/**
 * Years 0001 to 9999, no leap seconds: what every calendar and database knows. A pattern, so that the JSON Schemas say the same, and since
 * it costs a tenth of what a Date does.
 */
export const INSTANT = new RegExp(`^(?!0000)(?:${DAY}|${LEAP_DAY})T${TIME}Z$`);

/** RFC 3339 in UTC with milliseconds or finer, of a day and a time that exist, as a claim of whoever wrote it. */
export const instant = z
  .string()
  .regex(INSTANT, 'must be RFC 3339 in UTC, of a day and time that exist, like 2026-01-31T12:00:00.000Z');

const hexOf = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += (byte + 256).toString(16).slice(1);
  return text;
};

const withVersion = (bytes: Uint8Array, version: number): string => {
  bytes[6] = (version << 4) | ((bytes[6] as number) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  const hex = hexOf(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/**
 * UUID version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then random bits.
 * @param nowMs Unix time in milliseconds
 * @param random at least 10 random bytes
 */
export function uuidV7(nowMs: number, random: Uint8Array): string {
  const bytes = new Uint8Array(16);
  let rest = nowMs;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes.set(random.subarray(0, 10), 6);
  return withVersion(bytes, 7);
}

/**
 * UUID version 8 (RFC 9562, section 5.8) made of the first 16 bytes of a hash: the same facts give the same id.
 * @param hash at least 16 bytes
 */
export function uuidFromHash(hash: Uint8Array): string {
  return withVersion(Uint8Array.from(hash.subarray(0, 16)), 8);
}

/**
 * What is hashed (SHA-256, then {@link uuidFromHash}) to name the sequence of an intent. The key belongs to its
 * publisher, so two publishers may use the same key; the same publisher's second use names the same sequence.
 */
export const sequenceIdSeed = (principal: string, key: string): string => `causeway-sequence\n${principal}\n${key}`;

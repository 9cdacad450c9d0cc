import { isUtf8 } from 'node:buffer';
import {
  belongsOn,
  headerMismatch,
  limits,
  mayWrite,
  parseMessage,
  principalOf,
  SIGNATURE_HEADER,
  topicNames,
  type DeadLetterData,
  type Message,
  type ParkReason,
  type TopicSettings,
} from '@causeway/contracts';
import { sha256Hex, type Verification, type Verifier } from '@causeway/signing';
import type { RawMessage } from './bus';
import type { Received } from './envelopes';
import { depthWithin, hasFewOpeners } from './json-depth';
import { saysNul } from './json-nul';

/**
 * The one place where bytes from outside become messages.
 *
 * 1. Nothing a message holds makes this throw.
 * 2. The cheap checks on raw bytes come first; nothing is parsed before its size and depth are known.
 * 3. What is let in verified under a trusted key, parses, was written where its writer may write, and is admitted by its reader.
 */
export interface Door {
  readonly verifier: Verifier;
  readonly topics: ReadonlyMap<string, TopicSettings>;
  readonly admission?: Admission;
}

/** What a reader asks of a message besides, from what only it knows; null lets it in. */
export type Admission = (received: Received) => Refusal | null;

export type Opened =
  | { readonly kind: 'message'; readonly received: Received }
  | { readonly kind: 'parked'; readonly deadLetter: DeadLetterData };

export const topicIndex = (topics: readonly TopicSettings[]): ReadonlyMap<string, TopicSettings> =>
  new Map(topics.map((settings) => [settings.name, settings]));

export function openRaw(raw: RawMessage, door: Door): Opened {
  let refusal: Refusal;
  try {
    const looked = look(raw, door);
    if (!('reason' in looked)) return { kind: 'message', received: looked };
    refusal = looked;
  } catch (error) {
    // Out of known cases, by rule: still no message may stop a consumer.
    refusal = refuse('schema', `could not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { kind: 'parked', deadLetter: deadLetterData(raw, refusal) };
}

export interface Refusal {
  readonly reason: ParkReason;
  readonly detail: string;
}
const refuse = (reason: ParkReason, detail: string): Refusal => ({ reason, detail });

function look(raw: RawMessage, door: Door): Received | Refusal {
  const bytes = raw.value;
  const settings = door.topics.get(raw.topic);
  const unfit = unfitSize(bytes, settings);
  if (unfit) return unfit;
  const value = bytes as Buffer;
  const text = value.toString('utf8');
  const unreadable = unfitText(value, text) ?? unfitCharacters(raw, text);
  if (unreadable) return unreadable;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refuse('not-json', (error as Error).message);
  }
  const signature = raw.headers[SIGNATURE_HEADER];
  const signed = door.verifier.verify(signature, value);
  if (!signed.ok) return refuse(signed.reason, signed.detail);
  const parsed = parseMessage(json);
  if (parsed.kind === 'unknown-type') return refuse('unknown-type', `no message type ${parsed.type}`);
  if (parsed.kind === 'invalid') return refuse('schema', parsed.detail);
  const misplaced = misplacement(raw, parsed.message, signed, settings);
  if (misplaced) return misplaced;
  const received = receivedOf(raw, parsed.message, value, signature as string, signed.principal);
  return door.admission?.(received) ?? received;
}

/** The topic's own limit, less what headers and the batch's framing may take. */
const FRAMING_BYTES = 64 * 1024;
const maxValueBytes = (settings: TopicSettings | undefined): number =>
  settings ? settings.maxMessageBytes - FRAMING_BYTES : limits.messageBytes;

function unfitSize(bytes: Buffer | null, settings: TopicSettings | undefined): Refusal | null {
  if (bytes === null || bytes.length === 0) return refuse('empty', 'the value is empty or null');
  const limit = maxValueBytes(settings);
  if (bytes.length > limit) return refuse('too-large', `${bytes.length} bytes; the limit is ${limit}`);
  return null;
}

function unfitText(bytes: Buffer, text: string): Refusal | null {
  const isDeep = !hasFewOpeners(text, limits.jsonDepth) && !depthWithin(bytes, limits.jsonDepth);
  if (isDeep) return refuse('too-deep', `more than ${limits.jsonDepth} levels`);
  if (!isUtf8(bytes)) return refuse('not-utf8', 'the value is not valid UTF-8');
  return null;
}

/**
 * U+0000 is good JSON, but no database keeps it: who stored such a message would fail again at each start. The ledger's own topic holds
 * what was let in before; nothing may be missing there.
 */
function unfitCharacters({ topic, key }: RawMessage, text: string): Refusal | null {
  if (topic === topicNames.ledger || !(saysNul(text) || key?.includes('\u0000'))) return null;
  return refuse('schema', 'holds the character U+0000, which cannot be stored');
}

function misplacement(
  raw: RawMessage,
  message: Message,
  signed: Extract<Verification, { ok: true }>,
  settings: TopicSettings | undefined,
): Refusal | null {
  const header = raw.key === null ? 'key' : headerMismatch(raw.headers, message, raw.key);
  if (header) return refuse('header-mismatch', `${header} is absent or differs from the signed value`);
  const source = principalOf(message.source);
  if (signed.principal !== source) {
    return refuse('writer-not-allowed', `says it is from ${source}, signed by ${signed.principal}`);
  }
  if (!settings) return refuse('wrong-topic', `${raw.topic} is no topic of ours`);
  if (!mayWrite(settings, source)) return refuse('writer-not-allowed', `${source} may not write ${raw.topic}`);
  if (!belongsOn(message.type, raw.topic)) return refuse('wrong-topic', `${message.type} does not belong here`);
  return null;
}

function receivedOf(raw: RawMessage, message: Message, bytes: Buffer, signature: string, principal: string): Received {
  let digest: string | undefined;
  return {
    message,
    topic: raw.topic,
    partition: raw.partition,
    offset: raw.offset,
    key: raw.key,
    bytes,
    signature,
    // Not everybody asks for it.
    get digest() {
      return (digest ??= sha256Hex(bytes));
    },
    principal,
  };
}

const EXCERPT_BYTES = 512;
const DETAIL_CHARACTERS = 500;
const NO_BYTES = Buffer.alloc(0);

/** A detail may quote the message: half a surrogate pair or U+0000 in it must not spoil the dead letter. */
const textOf = (detail: string): string =>
  Buffer.from(detail.slice(0, DETAIL_CHARACTERS), 'utf8').toString('utf8').replaceAll('\u0000', '\ufffd');

function deadLetterData(raw: RawMessage, { reason, detail }: Refusal): DeadLetterData {
  const value = raw.value ?? NO_BYTES;
  return {
    topic: raw.topic,
    partition: raw.partition,
    offset: raw.offset,
    reason,
    detail: textOf(detail),
    digest: sha256Hex(value),
    bytes: value.length,
    excerpt: value.subarray(0, EXCERPT_BYTES).toString('base64'),
  };
}

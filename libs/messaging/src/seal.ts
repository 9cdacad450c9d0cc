import { cloudEventHeaders, limits, parseMessage, SIGNATURE_HEADER, type Envelope } from '@causeway/contracts';
import type { Signer } from '@causeway/signing';
import type { Draft, Sealed } from './envelopes';
import { withoutNul } from './json-nul';

export interface SealOptions {
  readonly signer: Signer;
  /** Unix milliseconds. */
  now(): number;
  newId(nowMs: number): string;
  /** Whether each message is checked against its schema first. Default: outside production, where tests have seen it already. */
  readonly validate?: boolean;
  /** Largest value, bytes. Default: the limit of every governed topic. */
  readonly maxBytes?: number;
}

const VALIDATE_BY_DEFAULT = process.env.NODE_ENV !== 'production';

/**
 * Makes messages of drafts and signs them together: one signature a call. Throws a RangeError or TypeError when a draft is
 * not a message of the language: that is a defect of the caller, never of input.
 */
export function seal(drafts: readonly Draft[], options: SealOptions): Sealed[] {
  const nowMs = options.now();
  const time = new Date(nowMs).toISOString();
  const source = `/${options.signer.principal}`;
  const envelopes = drafts.map((draft) =>
    envelopeOfDraft(draft, source, draft.time ?? time, draft.id ?? options.newId(nowMs)),
  );
  if (options.validate ?? VALIDATE_BY_DEFAULT) envelopes.forEach(mustBeValid);
  const values = envelopes.map((envelope) => bytesOf(envelope, options.maxBytes ?? limits.messageBytes));
  const signatures = options.signer.sign(values);
  return envelopes.map((envelope, i) => {
    const { topic, key } = drafts[i] as Draft;
    return sealedOf(envelope, topic, key, values[i] as Buffer, signatures[i] as string);
  });
}

/** The exact bytes that {@link seal} will make of a draft whose id and time are given: for a digest that has to be known first. */
export const valueOf = (draft: Draft & { readonly id: string; readonly time: string }, principal: string): Buffer =>
  bytesOf(envelopeOfDraft(draft, `/${principal}`, draft.time, draft.id), limits.messageBytes);

/** A stored message again, from the parts that were kept: the headers follow from the value. */
export const resealed = (topic: string, key: string, value: Buffer, signature: string): Sealed =>
  sealedOf(JSON.parse(value.toString('utf8')) as Envelope, topic, key, value, signature);

export const signatureOf = (sealed: Sealed): string => sealed.headers[SIGNATURE_HEADER] ?? '';

function sealedOf(envelope: Envelope, topic: string, key: string, value: Buffer, signature: string): Sealed {
  const headers = cloudEventHeaders(envelope, key);
  headers[SIGNATURE_HEADER] = signature;
  return { id: envelope.id, topic, key, headers, value };
}

const envelopeOfDraft = (draft: Draft, source: string, time: string, id: string): Envelope => ({
  id,
  type: draft.type,
  source,
  subject: draft.subject,
  time,
  correlationId: draft.correlationId,
  causationIds: draft.causationIds,
  data: draft.data,
});

function mustBeValid(envelope: Envelope): void {
  const parsed = parseMessage(envelope);
  if (parsed.kind === 'unknown-type') throw new TypeError(`no message type ${parsed.type}: name it in libs/contracts`);
  if (parsed.kind === 'invalid') throw new TypeError(`${envelope.type} ${envelope.id} is not valid: ${parsed.detail}`);
}

/** What a target or a person said may hold U+0000, which no door takes: it is told as U+FFFD rather than not at all. */
function bytesOf(envelope: Envelope, maxBytes: number): Buffer {
  const value = Buffer.from(withoutNul(JSON.stringify(envelope)), 'utf8');
  if (value.length > maxBytes) {
    throw new RangeError(`${envelope.type} ${envelope.id} has ${value.length} bytes, the limit is ${maxBytes}`);
  }
  return value;
}

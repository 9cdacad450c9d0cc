/**
 * Ledger entries: a message as recorded, at its index.
 *
 * Purpose: one spelling for the leaf of the tree, the stored row, the element of a message on causeway.ledger.v1 and the line of an export.
 * Owns: the bytes of an entry and the reading of them. What an entry may say is contracts/entry.
 *
 * E1  entryBytes(e) are the UTF-8 bytes of the canonical JSON of the whole envelope; they are hashed as they are.
 * E2  parseEntry accepts only what entryText writes: same fields, same types, same bytes.
 */
import { ENTRY_TYPE } from '@causeway/contracts';
import { utf8Encode } from '../bytes/utf8';
import { canonicalJson, canonicalOrNull, quoted } from '../canonical/canonical-json';

export interface LedgerEntryData {
  readonly index: number;
  readonly eventId: string;
  readonly eventType: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly signature: string;
  readonly value: string;
  readonly causeMissing?: readonly string[] | undefined;
}

export interface LedgerEntry {
  readonly id: string;
  readonly type: typeof ENTRY_TYPE;
  readonly source: string;
  readonly subject: string;
  readonly time: string;
  readonly correlationId: string;
  readonly causationIds: readonly string[];
  readonly data: LedgerEntryData;
}

/** How the text of an entry begins; no seal begins so. */
export const ENTRY_START = '{"causationIds":';

type EntryTextFault = 'entry-not-json' | 'entry-malformed' | 'entry-not-canonical';
export type ParsedEntry =
  | { readonly ok: true; readonly entry: LedgerEntry }
  | { readonly ok: false; readonly code: EntryTextFault; readonly detail: string };

/** @throws CanonicalJsonError for what JSON cannot carry; an absent `causeMissing` is left out, never undefined */
export const entryText = (entry: LedgerEntry): string => usualText(entry) ?? canonicalJson(entry);

/**
 * The canonical JSON of an entry as nearly all are, its fields in their order: to list, sort and look up names costs more than the
 * rest (measured: 1.3 to 3.2 µs). Null where something is unusual; the slow way then writes it, or says what is wrong.
 */
function usualText({ id, type, source, subject, time, correlationId, causationIds, data }: LedgerEntry): string | null {
  const cause = causationIds[0];
  if (causationIds.length !== 1 || cause === undefined || type !== ENTRY_TYPE) return null;
  const inner = usualData(data);
  const texts = [cause, correlationId, id, source, subject, time].map(quoted);
  if (inner === null || texts.includes(null)) return null;
  const [causeText, correlationText, idText, sourceText, subjectText, timeText] = texts;
  return (
    `{"causationIds":[${causeText}],"correlationId":${correlationText},"data":${inner},"id":${idText},` +
    `"source":${sourceText},"subject":${subjectText},"time":${timeText},"type":"${ENTRY_TYPE}"}`
  );
}

function usualData(data: LedgerEntryData): string | null {
  const { index, eventId, eventType, topic, partition, offset, key, signature, value } = data;
  if ('causeMissing' in data || key === null || !isCount(index) || !isCount(partition)) return null;
  const texts = [eventId, eventType, key, offset, signature, topic, value].map(quoted);
  if (texts.includes(null)) return null;
  const [eventText, typeText, keyText, offsetText, signatureText, topicText, valueText] = texts;
  return (
    `{"eventId":${eventText},"eventType":${typeText},"index":${index},"key":${keyText},"offset":${offsetText},` +
    `"partition":${partition},"signature":${signatureText},"topic":${topicText},"value":${valueText}}`
  );
}

/** The leaf. Hash it, store it, publish it: whoever parses it may write it again, and gets the same bytes (C2). */
export const entryBytes = (entry: LedgerEntry): Uint8Array => utf8Encode(entryText(entry));

export function parseEntry(text: string): ParsedEntry {
  const value = parseJson(text);
  if (value === undefined) return { ok: false, code: 'entry-not-json', detail: 'the line is not JSON' };
  const detail = misfit(value);
  if (detail !== null) return { ok: false, code: 'entry-malformed', detail };
  const entry = value as LedgerEntry;
  if ((usualText(entry) ?? canonicalOrNull(entry)) === text) return { ok: true, entry };
  return {
    ok: false,
    code: 'entry-not-canonical',
    detail: 'the line is not the canonical JSON (RFC 8785) of what it says',
  };
}

/** Undefined for text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isTextList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;

const ENVELOPE: Readonly<Record<string, Check>> = {
  causationIds: isTextList,
  correlationId: isText,
  data: isRecord,
  id: isText,
  source: isText,
  subject: isText,
  time: isText,
  type: (value) => value === ENTRY_TYPE,
};

const DATA: Readonly<Record<string, Check>> = {
  causeMissing: (value) => value === undefined || isTextList(value),
  eventId: isText,
  eventType: isText,
  index: isCount,
  key: (value) => value === null || typeof value === 'string',
  offset: isText,
  partition: isCount,
  signature: isText,
  topic: isText,
  value: isText,
};

function misfit(value: unknown): string | null {
  if (!isRecord(value)) return 'the line is not a JSON object';
  const field = misfitField(value, ENVELOPE);
  if (field !== null) return `${field} is missing, unknown or of the wrong type`;
  const dataField = misfitField(value.data as Readonly<Record<string, unknown>>, DATA);
  return dataField === null ? null : `data.${dataField} is missing, unknown or of the wrong type`;
}

function misfitField(value: Readonly<Record<string, unknown>>, checks: Readonly<Record<string, Check>>): string | null {
  for (const name in checks) if (!(checks[name] as Check)(value[name])) return name;
  for (const name in value) if (!Object.hasOwn(checks, name)) return name;
  return null;
}

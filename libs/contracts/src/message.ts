import type { z } from 'zod';
import { checkpoint, CHECKPOINT_TYPE } from './checkpoint/current';
import { classification, CLASSIFICATION_TYPE } from './classification/current';
import { command, COMMAND_TYPE } from './command/current';
import { coverage, COVERAGE_TYPE } from './coverage/current';
import { deadLetter, DEAD_LETTER_TYPE } from './dead-letter/current';
import { decision, DECISION_TYPE } from './decision/current';
import { entries, ENTRIES_TYPE } from './entries/current';
import { entry, ENTRY_TYPE } from './entry/current';
import type { Envelope } from './envelope/current';
import { FORMER_INSTANT, INSTANT } from './ids';
import { intent, INTENT_TYPE } from './intent/current';
import { leanCheck, type LeanCheck } from './lean-check';
import { mutation, MUTATION_TYPE } from './mutation/current';
import { probe, PROBE_TYPE } from './probe/current';
import { readingMessage, READING_TYPE } from './reading/current';
import { record, RECORD_TYPE } from './record/current';
import { refusal, REFUSAL_TYPE } from './refusal/current';
import { result, RESULT_TYPE } from './result/current';
import { sighting, SIGHTING_TYPE } from './sighting/current';
import { watch, watchEnd, WATCH_END_TYPE, WATCH_TYPE } from './watch/current';

/** Every message of the language by its type. */
export const messageSchemas = {
  [INTENT_TYPE]: intent,
  [COMMAND_TYPE]: command,
  [RESULT_TYPE]: result,
  [PROBE_TYPE]: probe,
  [READING_TYPE]: readingMessage,
  [WATCH_TYPE]: watch,
  [WATCH_END_TYPE]: watchEnd,
  [SIGHTING_TYPE]: sighting,
  [MUTATION_TYPE]: mutation,
  [COVERAGE_TYPE]: coverage,
  [DECISION_TYPE]: decision,
  [RECORD_TYPE]: record,
  [CLASSIFICATION_TYPE]: classification,
  [REFUSAL_TYPE]: refusal,
  [DEAD_LETTER_TYPE]: deadLetter,
  [ENTRY_TYPE]: entry,
  [ENTRIES_TYPE]: entries,
  [CHECKPOINT_TYPE]: checkpoint,
} as const;

export type MessageType = keyof typeof messageSchemas;
export type MessageOf<T extends MessageType> = z.output<(typeof messageSchemas)[T]>;
export type Message = { [T in MessageType]: MessageOf<T> }[MessageType];

export type Parsed =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'unknown-type'; readonly type: string }
  | { readonly kind: 'invalid'; readonly detail: string };

const isMessageType = (type: string): type is MessageType => Object.hasOwn(messageSchemas, type);

const checks = new Map<MessageType, LeanCheck>();

function leanCheckOf(type: MessageType): LeanCheck {
  const known = checks.get(type);
  if (known) return known;
  const made = leanCheck(messageSchemas[type]) ?? (() => false);
  checks.set(type, made);
  return made;
}

/** Reads a parsed JSON value as a message of the language. Never throws. */
export function parseMessage(value: unknown): Parsed {
  const type = (value as Partial<Envelope> | null)?.type;
  if (typeof type !== 'string') return { kind: 'invalid', detail: 'type: must be a string' };
  if (!isMessageType(type)) return { kind: 'unknown-type', type: type.slice(0, 200) };
  if (leanCheckOf(type)(value)) return { kind: 'message', message: value as Message };
  const parsed = messageSchemas[type].safeParse(value);
  if (parsed.success) return { kind: 'message', message: parsed.data };
  const issue = parsed.error.issues[0];
  return { kind: 'invalid', detail: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`.slice(0, 500) };
}

/**
 * Reads a message that a ledger recorded. A time that does not exist, like 30 February, is no fault of a ledger: earlier releases let it
 * in. Never throws.
 */
export function parseRecorded(value: unknown): Parsed {
  const parsed = parseMessage(value);
  if (parsed.kind !== 'invalid' || !isMessageType(typeOf(value))) return parsed;
  const { error } = messageSchemas[typeOf(value) as MessageType].safeParse(value);
  const isFormer = error?.issues.every((issue) => isFormerInstant(issue, value)) ?? false;
  return isFormer ? { kind: 'message', message: value as Message } : parsed;
}

const typeOf = (value: unknown): string => String((value as Partial<Envelope> | null)?.type);

function isFormerInstant(issue: z.core.$ZodIssue, value: unknown): boolean {
  if (issue.code !== 'invalid_format' || issue.pattern !== String(INSTANT)) return false;
  const there = issue.path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)[key], value);
  return FORMER_INSTANT.test(String(there));
}

/**
 * What one entry line must satisfy by itself and with regard to the entries before it.
 *
 * R1  The line is the canonical JSON of an entry, and its index is the next one (I17).
 * R2  Entry ids and event ids are unique (I14); the entry's one cause is the message it records.
 * R3  Id and type of the recorded message are those that the entry names.
 * R4  Every cause of the message stands before it, or is declared missing (I16).
 * R5  A listed key signed the message's exact bytes; its principal is the message's source, and may write the topic
 *     (I19), on which messages of that type belong. Of a type that this release does not know nothing is said.
 */
import { belongsOn, messageSchemas, parseSignatureHeader } from '@causeway/contracts';
import { utf8Decode, utf8Encode } from '../bytes/utf8';
import type { NotePorts } from '../checkpoint/signed-note';
import { isRecord, isTextList, parseEntry, parseJson, type LedgerEntry } from '../entry/ledger-entry';
import { MessageVerifier } from '../message-signature/message-verifier';
import type { ExportFaultCode } from './export-fault';
import type { KnownKey } from './export-header';
import { SEAL_START } from './export-seal';

export interface Refusal {
  readonly code: ExportFaultCode;
  readonly message: string;
}

interface RecordedEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly causationIds: readonly string[];
}

const refuse = (code: ExportFaultCode, message: string): Refusal => ({ code, message });

export class EntryRules {
  private readonly entryIds = new Set<string>();
  private readonly eventIds = new Set<string>();
  private readonly signatures: MessageVerifier;
  private next = 0;
  private lastTime: string | null = null;

  constructor(
    ports: NotePorts,
    private readonly keys: ReadonlyMap<string, KnownKey>,
  ) {
    this.signatures = new MessageVerifier(ports, new Map([...keys].map(([keyId, key]) => [keyId, key.publicKey])));
  }

  /** When the last entry was recorded, as it says itself. */
  get recordedUntil(): string | null {
    return this.lastTime;
  }

  /** Takes the next line; null if it keeps all rules. Not to be asked again after a refusal. */
  refusalOf(line: Uint8Array): Refusal | null {
    const text = utf8Decode(line);
    if (text === null) return refuse('not-utf8', 'the line is not UTF-8');
    const parsed = parseEntry(text);
    if (!parsed.ok && text.startsWith(SEAL_START)) return refuse('seal-not-last', 'something follows the seal');
    if (!parsed.ok) return refuse(parsed.code, parsed.detail);
    const refusal = this.outOfPlace(parsed.entry) ?? this.notAsSent(parsed.entry);
    if (!refusal) this.accept(parsed.entry);
    return refusal;
  }

  private accept(entry: LedgerEntry): void {
    this.entryIds.add(entry.id);
    this.eventIds.add(entry.data.eventId);
    this.lastTime = entry.time;
    this.next++;
  }

  private outOfPlace({ id, causationIds, data }: LedgerEntry): Refusal | null {
    if (data.index !== this.next) return refuse('index-not-next', `index ${data.index} stands where ${this.next} must`);
    if (this.entryIds.has(id)) return refuse('entry-id-repeated', `entry id ${id} is used before`);
    if (this.eventIds.has(data.eventId)) return refuse('event-id-repeated', `event ${data.eventId} is recorded before`);
    const namesItsMessage = causationIds.length === 1 && causationIds[0] === data.eventId;
    return namesItsMessage ? null : refuse('event-differs', 'causationIds are not the recorded message alone');
  }

  private notAsSent({ data }: LedgerEntry): Refusal | null {
    const event = eventIn(data.value);
    if (!event) return refuse('event-malformed', 'data.value is not a message with id, type, source and causationIds');
    if (event.id !== data.eventId)
      return refuse('event-differs', `data.eventId is not ${event.id}, the id in data.value`);
    if (event.type !== data.eventType) return refuse('event-differs', `data.eventType is not ${event.type}`);
    return this.wronglySigned(data, event) ?? this.beforeItsCause(data, event);
  }

  private wronglySigned(data: LedgerEntry['data'], event: RecordedEvent): Refusal | null {
    const header = parseSignatureHeader(data.signature);
    if (!header) return refuse('signature-malformed', 'data.signature is not a signature header of a known form');
    const key = this.keys.get(header.keyId);
    if (!key) return refuse('key-unknown', `key ${header.keyId} is not in the header`);
    if (event.source !== `/${key.principal}`) {
      return refuse('source-not-signer', `${event.source} is not ${key.principal}, whose key signed`);
    }
    if (!key.topics.has(data.topic)) return refuse('topic-not-allowed', `${key.principal} may not write ${data.topic}`);
    if (Object.hasOwn(messageSchemas, event.type) && !belongsOn(event.type, data.topic)) {
      return refuse('topic-not-allowed', `${event.type} does not belong on ${data.topic}`);
    }
    if (this.signatures.isValid(header, utf8Encode(data.value))) return null;
    return refuse('signature-invalid', `the signature of ${key.principal} does not cover data.value`);
  }

  private beforeItsCause(data: LedgerEntry['data'], event: RecordedEvent): Refusal | null {
    for (const cause of event.causationIds) {
      if (this.eventIds.has(cause) || data.causeMissing?.includes(cause)) continue;
      return refuse('cause-not-before', `its cause ${cause} is neither before it nor declared missing`);
    }
    return null;
  }
}

function eventIn(text: string): RecordedEvent | null {
  const value = parseJson(text);
  if (!isRecord(value) || !isTextList(value.causationIds)) return null;
  const isEvent = typeof value.id === 'string' && typeof value.type === 'string' && typeof value.source === 'string';
  return isEvent ? (value as unknown as RecordedEvent) : null;
}

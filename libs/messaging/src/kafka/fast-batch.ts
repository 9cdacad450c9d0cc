import { FetchedRecord } from './fetched-record';

/** What kafkajs makes of one partition's answer, and hands to `eachBatch`. */
interface Batch {
  topic: string;
  partition: number;
  fetchedOffset: string;
  highWatermark: string;
  rawMessages: readonly unknown[];
  messagesWithinOffset: readonly unknown[];
  messages: readonly unknown[];
  isEmpty(): boolean;
  isEmptyDueToFiltering(): boolean;
  isEmptyIncludingFiltered(): boolean;
  lastOffset(): string;
  firstOffset(): string | null;
  offsetLag(): string;
  offsetLagLow(): string;
}

interface PartitionData {
  readonly partition: number;
  readonly highWatermark: string;
  readonly abortedTransactions?: readonly unknown[] | null;
  readonly messages: readonly unknown[];
}
type BatchClass = new (topic: string, fetchedOffset: string, data: PartitionData) => Batch;

/** Of records that we decoded ourselves: no BigInt a message, and no copies of the list. */
export function batchClass(original: BatchClass): BatchClass {
  function FetchedBatch(this: Batch, topic: string, fetchedOffset: string, data: PartitionData): Batch {
    const first = data.messages[0];
    if (!(first instanceof FetchedRecord) || data.abortedTransactions?.length)
      return new original(topic, fetchedOffset, data);
    const messages = from(data.messages as readonly FetchedRecord[], Number(fetchedOffset));
    const { partition, highWatermark } = data;
    const made = { topic, partition, fetchedOffset, highWatermark, rawMessages: data.messages };
    return Object.assign(this, made, { messagesWithinOffset: messages, messages });
  }
  FetchedBatch.prototype = Object.create(original.prototype as object, {
    offsetLag: { value: lag },
    offsetLagLow: { value: lagLow },
  });
  return FetchedBatch as unknown as BatchClass;
}

/** A broker gives whole batches, so the first may begin before what was asked for. */
function from(messages: readonly FetchedRecord[], offset: number): readonly FetchedRecord[] {
  const begin = messages.findIndex(({ place }) => place >= offset);
  return begin === 0 ? messages : begin < 0 ? [] : messages.slice(begin);
}

function lag(this: Batch): string {
  return String(Number(this.highWatermark) - 1 - Number(this.lastOffset()));
}

function lagLow(this: Batch): string {
  const first = this.firstOffset();
  return first === null ? '0' : String(Number(this.highWatermark) - 1 - Number(first));
}

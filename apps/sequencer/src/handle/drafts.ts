import {
  CLASSIFICATION_TYPE,
  COMMAND_TYPE,
  commandsTopic,
  PROBE_TYPE,
  RECORD_TYPE,
  topicNames,
  WATCH_END_TYPE,
  WATCH_TYPE,
  type ClassificationData,
  type EvolutionRecord,
  type RecordData,
} from '@causeway/contracts';
import type { Draft } from '@causeway/messaging';
import type { Order } from '@causeway/sequence-core';

/** What every message of one decision has in common. */
export interface Origin {
  readonly sequenceId: string;
  readonly epoch: number;
  /** Event id of the input, or null for the clock. */
  readonly cause: string | null;
  readonly at: string;
}

/**
 * Records first, then what they order: in this order they go into the outbox and out. Of several records of one decision each comes because
 * of the input and of the one before it, so nobody takes them in another order.
 *
 * @param id of the last of them: what is ordered cites it, and so comes after all of them
 * @param version of the first fact
 */
export function recordDrafts(
  origin: Origin,
  id: string,
  version: number,
  records: readonly EvolutionRecord[][],
  newId: () => string,
): Draft[] {
  const ids = records.map((_, i) => (i === records.length - 1 ? id : newId()));
  let next = version;
  return records.map((facts, i) => {
    const first = next;
    next += facts.length;
    return recordDraft(origin, ids[i] as string, first, facts, ids[i - 1]);
  });
}

function recordDraft(
  origin: Origin,
  id: string,
  version: number,
  records: EvolutionRecord[],
  previous: string | undefined,
): Draft {
  const { sequenceId, epoch, cause } = origin;
  const data: RecordData = { sequenceId, epoch, version, records };
  const causationIds = [cause, previous].filter((one) => typeof one === 'string');
  return draftOf(origin, { id, topic: topicNames.records, type: RECORD_TYPE, causationIds, data });
}

/** @param recordId the record that says why; null while only the digest's other parts are known is not possible: it is made first */
export function orderDraft(origin: Origin, order: Order, recordId: string): Draft {
  const { id, data } = order;
  const topic = order.kind === 'command' ? commandsTopic(order.executor) : topicNames.probes;
  const type = order.kind === 'command' ? COMMAND_TYPE : LOOK_TYPES[order.kind];
  return draftOf(origin, { id, topic, type, causationIds: [recordId], data });
}

const LOOK_TYPES = { probe: PROBE_TYPE, watch: WATCH_TYPE, 'watch-end': WATCH_END_TYPE };

type Own = Pick<Draft, 'topic' | 'type' | 'causationIds' | 'data'> & { readonly id: string };

/** Written out: this is made for every message, and copying objects into each other costs more than it says. */
const draftOf = ({ sequenceId, at }: Origin, { id, topic, type, causationIds, data }: Own): Draft => ({
  id,
  topic,
  key: sequenceId,
  type,
  subject: sequenceId,
  correlationId: sequenceId,
  causationIds,
  time: at,
  data,
});

/** What a mutation is: a fact of its target's stream. */
export const classificationDraft = (data: ClassificationData, id: string, at: string): Draft => ({
  id,
  topic: topicNames.records,
  key: data.target,
  type: CLASSIFICATION_TYPE,
  subject: data.target,
  correlationId: data.target,
  causationIds: [data.mutation],
  time: at,
  data,
});

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

/** Records first, then what they order: in this order they go into the outbox and out. */
export function recordDraft(origin: Origin, id: string, version: number, records: readonly EvolutionRecord[]): Draft {
  const data: RecordData = { sequenceId: origin.sequenceId, epoch: origin.epoch, version, records: [...records] };
  return {
    ...common(origin),
    id,
    topic: topicNames.records,
    type: RECORD_TYPE,
    data,
    causationIds: origin.cause ? [origin.cause] : [],
  };
}

/** @param recordId the record that says why; null while only the digest's other parts are known is not possible: it is made first */
export function orderDraft(origin: Origin, order: Order, recordId: string): Draft {
  const base = { ...common(origin), id: order.id, causationIds: [recordId], data: order.data };
  return order.kind === 'command'
    ? { ...base, topic: commandsTopic(order.executor), type: COMMAND_TYPE }
    : { ...base, topic: topicNames.probes, type: LOOK_TYPES[order.kind] };
}

const LOOK_TYPES = { probe: PROBE_TYPE, watch: WATCH_TYPE, 'watch-end': WATCH_END_TYPE };

const common = ({ sequenceId, at }: Origin) => ({
  key: sequenceId,
  subject: sequenceId,
  correlationId: sequenceId,
  time: at,
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

import { SIGHTING_TYPE, topicNames, type WatchData } from '@causeway/contracts';
import type { Draft } from '@causeway/messaging';
import type { Said } from './sight-book';

/** A watch that was asked for and is not over. */
export interface OpenWatch {
  /** Event id of the request. */
  readonly watchId: string;
  readonly correlationId: string;
  readonly request: WatchData;
  /** Its sequence has ended: one last look. */
  readonly ending: boolean;
  /** What was durably said last, Unix milliseconds; null: nothing yet. */
  readonly lookedUntil: number | null;
  /** How long it may still be looked at, milliseconds; by the database's clock after a restart. */
  readonly remainingMs: number;
}

/** What one message says of an open watch, ready to be written down. */
export interface Sighted extends Said {
  readonly kind: 'sighted';
  readonly watch: OpenWatch;
}

export function sightingDraft({ watch, sights, lookedUntil, last }: Sighted): Draft {
  const { watchId, correlationId, request } = watch;
  const { sequenceId, epoch } = request;
  return {
    topic: topicNames.readings,
    key: sequenceId,
    type: SIGHTING_TYPE,
    subject: sequenceId,
    correlationId,
    causationIds: [watchId],
    data: { sequenceId, watchId, epoch, sights, lookedUntil: new Date(lookedUntil).toISOString(), last },
  };
}

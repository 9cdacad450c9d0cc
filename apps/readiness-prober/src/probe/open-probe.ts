import { READING_TYPE, topicNames, type MemberReading, type ProbeData } from '@causeway/contracts';
import type { Draft } from '@causeway/messaging';
import { MAX_SEEN_BYTES } from '../handle/message-room';

/** A probe request that was taken and is not over. */
export interface OpenProbe {
  /** Event id of the request. */
  readonly probeId: string;
  readonly correlationId: string;
  readonly request: ProbeData;
  /** Rounds that were sent already. */
  readonly rounds: number;
  /** How long it may still be looked at, milliseconds; by the database's clock after a restart. */
  readonly remainingMs: number;
}

/** One round of readings of an open probe, ready to be written down. */
export interface Round {
  readonly kind: 'round';
  readonly probe: Pick<OpenProbe, 'probeId' | 'correlationId' | 'request'>;
  readonly round: number;
  readonly readings: readonly MemberReading[];
  /** Its looks began at least so long after the request was taken, milliseconds. */
  readonly sinceAskedMs: number;
  /** After this one the probe is over. */
  readonly last: boolean;
}

/** The message of a round. */
export function readingDraft({ probe, round, readings, sinceAskedMs }: Omit<Round, 'kind'>): Draft {
  const { sequenceId, step, attempt, epoch, target } = probe.request;
  return {
    topic: topicNames.readings,
    key: sequenceId,
    type: READING_TYPE,
    subject: sequenceId,
    correlationId: probe.correlationId,
    causationIds: [probe.probeId],
    data: {
      ...{ sequenceId, step, attempt, epoch, target, probeId: probe.probeId, round },
      ...{ sinceAskedMs, readings: fitting(readings) },
    },
  };
}

/**
 * A round is one message, because it is judged as a whole. One that is larger than a message keeps what fits and says in
 * its last place that it is cut: the members after it are missing then, so the gate holds.
 */
function fitting(readings: readonly MemberReading[]): readonly MemberReading[] {
  let bytes = 0;
  const cut = readings.findIndex(
    (reading) => (bytes += Buffer.byteLength(JSON.stringify(reading)) + 1) > MAX_SEEN_BYTES,
  );
  const first = readings[cut];
  if (!first) return readings;
  const reason = `${readings.length} readings are more than one message takes; those from here on are left out`;
  return [...readings.slice(0, cut), { ...first, outcome: { kind: 'unreachable', reason }, streak: 1 }];
}

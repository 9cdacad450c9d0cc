import type { RefusalData } from '@causeway/contracts';
import { refusalDraft, seal, type OutboxRow, type OutboxStore, type SealOptions } from '@causeway/messaging';
import type { Database, SeatTaken, Tx } from '@causeway/persistence';

export interface RefusalPorts {
  readonly database: Database;
  readonly outbox: OutboxStore<Tx>;
  readonly sealing: SealOptions;
}

/** Sequences that a refusal names one by one. */
const MOST_NAMED = 20;

/**
 * Puts refusals into the service's outbox, in a transaction of their own, since what was refused may leave nothing. Whoever is in the
 * place of the refused one sends them: its sweep finds the rows.
 */
export function recordRefusals(ports: RefusalPorts, refusals: readonly RefusalData[]): Promise<OutboxRow[]> {
  const { database, outbox, sealing } = ports;
  const sealed = seal(
    refusals.map((data) => refusalDraft(data, sealing.signer.principal)),
    sealing,
  );
  return database.transaction((tx) => outbox.insert(tx, sealed));
}

/** What is told of a seat that another has taken: one report a sequence, one in all when it names none or too many. */
export function refusalsOf({ attempt, refused, current, message }: SeatTaken): RefusalData[] {
  const ids = [...new Set(attempt.sequenceIds)];
  const named = ids.length > 0 && ids.length <= MOST_NAMED ? ids : [null];
  return named.map((sequenceId) => ({
    ...{ sequenceId, step: null, tried: attempt.tried, reason: message },
    refused: { epoch: epochOf(refused), holder: refused?.holder ?? null },
    current: { epoch: epochOf(current), holder: current?.holder ?? null },
  }));
}

const epochOf = (sitting: SeatTaken['refused']): number | null => (sitting === null ? null : Number(sitting.epoch));

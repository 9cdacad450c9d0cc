import type { Target } from '@causeway/contracts';
import type { Executor } from '@causeway/executor-sdk';
import type { Draft, OutboxStore, Received, Relay } from '@causeway/messaging';
import type { Database, Tx } from '@causeway/persistence';
import type { SequenceState } from '@causeway/sequence-core';
import type { Verifier } from '@causeway/signing';
import type { CauseRoomLimits } from '../../apps/ledger/src/handle/cause-room';
import type { LedgerWriter } from '../../apps/ledger/src/handle/ledger-writer';
import type { MakeLook } from '../../apps/readiness-prober/src/look/looks';
import type { DeciderPorts } from '../../apps/sequencer/src/handle/decider';
import type { Caches } from '../../apps/sequencer/src/handle/load-batch';
import type { ClaimStore } from '../../libs/executor-host/src/claim-store';
import type { Lease } from '../../libs/executor-host/src/lease';
import type { Answered } from '../../libs/executor-host/src/worker';
import type { SimLogStore } from './services/sim-log-store';

/** What a planted bug of the decider may reach for. */
export interface DeciderMeans {
  readonly database: Database;
  readonly relay: Relay;
  readonly outbox: OutboxStore<Tx>;
}

/** How a sequence is remembered here. */
export interface Remembered {
  get(id: string): SequenceState | undefined;
}

/**
 * Where the simulation puts real parts together, and so where a planted bug can stand between two of them. Without a bug each
 * seam hands through what it gets.
 */
export interface Seams {
  verifier(real: Verifier): Verifier;
  outbox(real: OutboxStore<Tx>): OutboxStore<Tx>;
  deciderPorts(real: DeciderPorts, means: DeciderMeans): DeciderPorts;
  caches(real: Caches): Caches;
  registry(real: ReadonlyMap<string, Target>): ReadonlyMap<string, Target>;
  sequencerInput(received: Received[], states: Remembered): Received[];
  executorDatabase(real: Database): Database;
  lease(real: Lease): Lease;
  claims(real: ClaimStore): ClaimStore;
  executor(real: Executor): Executor;
  answered(real: Answered): Answered;
  readings(drafts: readonly Draft[]): readonly Draft[];
  looks(real: MakeLook): MakeLook;
  logStore(real: SimLogStore): SimLogStore;
  waiting(real: CauseRoomLimits): CauseRoomLimits;
  ledgerIntake(real: LedgerWriter): Pick<LedgerWriter, 'take'>;
}

const same = <T>(real: T): T => real;

export const NO_BUG: Seams = {
  verifier: same,
  outbox: same,
  deciderPorts: same,
  caches: same,
  registry: same,
  sequencerInput: same,
  executorDatabase: same,
  lease: same,
  claims: same,
  executor: same,
  answered: same,
  readings: same,
  looks: same,
  logStore: same,
  waiting: same,
  ledgerIntake: same,
};

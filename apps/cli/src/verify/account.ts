import type { DecisionData, EvolutionRecord, FrozenStep, IntentData, Plan } from '@causeway/contracts';
import type { SequenceState } from '@causeway/sequence-core';
import type { EvidenceMessage } from './evidence';

export type Fact<K extends EvolutionRecord['kind']> = Extract<EvolutionRecord, { kind: K }>;

/** What was asked for: an intent, by whom, and the digest of its plan as computed here. */
export interface KnownIntent {
  readonly publisher: string;
  readonly planDigest: string;
  readonly data: IntentData;
}

/** A command as it was decided. */
export interface Ordered {
  readonly fact: Fact<'step-commanded'>;
  readonly epoch: number;
  readonly planDigest: string;
  readonly step: FrozenStep;
}

/** The newest attempt of a step, and the digests of all commands ordered for it. */
export interface NewestAttempt {
  readonly attempt: number;
  readonly commands: ReadonlySet<string>;
}

/** What is known of one sequence so far. */
export interface Account {
  state: SequenceState;
  /** Steps whose gate opened, and `END_GATE`. */
  readonly opened: Set<string>;
  /** Commands that were decided and have not come yet, by command id. */
  readonly commands: Map<string, Ordered>;
  /** By step id. */
  readonly attempts: Map<string, NewestAttempt>;
  /** The newest request for a look, by step id. */
  readonly probes: Map<string, Fact<'probe-requested'>>;
  /** Readings, results and settlements so far, by digest. Let go when the sequence ends. */
  readonly evidence: Map<string, EvidenceMessage>;
  /** Until one of them was decided on. */
  readonly intents: KnownIntent[];
  /** Operators' decisions so far, by event id. */
  readonly decisions: Map<string, DecisionData>;
}

/** Whether nothing that comes can be cited any more. */
export const isOver = ({ state }: Account): boolean => state.status === 'ended' || state.status === 'rejected';

/**
 * Lets go what nothing that comes can be held against: a ledger has many more sequences that have ended than open ones. Commands may come
 * after the end of their sequence.
 * @param isStateNeeded by a class that is not judged yet
 */
export function letGo(account: Account, isStateNeeded: boolean): void {
  const { state } = account;
  for (const one of [account.opened, account.attempts, account.probes, account.evidence, account.decisions])
    one.clear();
  if (state.status !== 'ended' || isStateNeeded) return;
  account.state = { ...state, acceptance: { ...state.acceptance, plan: NO_PLAN, steps: [] }, steps: {}, mutations: {} };
}

const NO_PLAN: Plan = {
  ...{ apiVersion: 'causeway/v1', kind: 'EvolutionPlan', metadata: { name: 'none', owner: 'none', reason: 'none' } },
  spec: { scopes: [], steps: [], start: 'at-once', onOutOfSequence: 'record' },
};

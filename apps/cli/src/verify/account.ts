import type { DecisionData, EvolutionRecord, FrozenStep, IntentData } from '@causeway/contracts';
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

import type { IntentData, Target } from '@causeway/contracts';
import type { FaultPlan } from '../faults';

/** One client's intent: what it sends, when it begins to try. */
export interface PlannedIntent {
  /** Virtual milliseconds. */
  readonly atMs: number;
  readonly data: IntentData;
  /** How often it is sent again under another event id, as a client does that lost its own answer. */
  readonly repeats: number;
}

/** Everything that a run is made of besides the dice; shrinking makes it smaller. */
export interface Scenario {
  readonly seed: number;
  /** `safety`: faults to the end. `liveness`: they stop, and then everything has to finish or wait for a named reason. */
  readonly mode: 'safety' | 'liveness';
  readonly targets: readonly Target[];
  readonly intents: readonly PlannedIntent[];
  readonly processes: {
    readonly sequencer: number;
    readonly executor: number;
    readonly ledger: number;
    readonly prober: number;
  };
  readonly serialBy: 'target' | 'sequence';
  readonly faults: FaultPlan;
  /** When faults stop, or when the run ends, virtual milliseconds. */
  readonly faultsForMs: number;
}

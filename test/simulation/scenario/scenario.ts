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

/** What happens in a story that is told and not diced. */
export interface Told {
  /** The answer of the very first write of this class is lost. */
  readonly losesFirstAnswerOf: string;
  /** Somebody else changes this a moment after the first write of that step. */
  readonly foreign: {
    readonly afterStep: string;
    readonly target: string;
    readonly resource: string;
    readonly value: string;
  };
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
  /** Whether executors also observe their targets. */
  readonly isObserved: boolean;
  readonly told?: Told;
  readonly faults: FaultPlan;
  /** When faults stop, or when the run ends, virtual milliseconds. */
  readonly faultsForMs: number;
}

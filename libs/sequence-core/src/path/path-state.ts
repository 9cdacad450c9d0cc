/**
 * Paths: in which order the steps of one sequence became effective, scope by scope, and for how long a later one was effective
 * while an earlier one was not.
 *
 * Purpose: what happened, and was it what we intended, computed from the ledger alone. Owns: the fold of ledger entries into what
 * was seen (PathState), and the questions asked of it. It decides nothing and opens no gate.
 *
 * P1  A state is the fold of its sequence's ledger entries in ledger order and nothing else; it is plain JSON.
 * P2  A member shows a step when its newest look meets everything the step expects, and lacks it when the look surely
 *     does not meet some of that. Every change of it happened within (notBefore, seenAt]; nothing is said more exactly.
 * P3  A look that tells neither (unreachable, or without what was asked for) changes nothing that is known. It widens the interval of the next change
 *     and is listed as not known; by itself it makes no window, no path step and no divergence.
 * P4  A scope of a step is effective when all frozen members show it, partly effective when some do. For plan scope R the step's
 *     scope is R where it has it, else `global`, else the step does not concern R.
 * P5  A window is there only when, at one moment at least, looks show both: the later step in some member, the earlier one missing in
 *     some member. Its bounds contain every moment at which it can have been so; it ends only when looks show that it ended.
 * P6  Orders are told apart only where their intervals do not overlap. What cannot be told apart is no divergence.
 * P7  Steps that nothing watches have the times of the records that say them ready; they make path steps, never windows by their absence.
 */
import type {
  Classification,
  FrozenStep,
  MutationClass,
  MutationData,
  RecordMessage,
  ResolvedExpectation,
  Sighting,
  WatchRequest,
} from '@causeway/contracts';

/** One ledger entry that concerns the path of a sequence. */
export type PathEntry =
  | { readonly index: number; readonly message: RecordMessage | Sighting | WatchRequest }
  /** With what was classified, so that it is known who did it and where. */
  | { readonly index: number; readonly message: Classification; readonly mutation: MutationData };

/** What is known of one sequence by now. */
export interface PathState {
  readonly sequenceId: string;
  readonly planScopes: readonly string[];
  readonly acceptedAt: string;
  readonly endedAt: string | null;
  /** Until when the watch vouches for what was last seen; null: no watch has reported. */
  readonly lookedUntil: string | null;
  /** Step ids in the order of the plan. */
  readonly order: readonly string[];
  readonly steps: Readonly<Record<string, FollowedStep>>;
}

export interface FollowedStep {
  readonly id: string;
  readonly target: string;
  readonly needs: readonly string[];
  readonly scopes: FrozenStep['scopes'];
  readonly expect: readonly ResolvedExpectation[];
  readonly watched: boolean;
  /** The first order to apply it; null: never ordered. */
  readonly commanded: Commanded | null;
  /** Whether our apply changed anything; null: not known. */
  readonly changed: boolean | null;
  /** Per scope, what the records said of its readiness. */
  readonly beliefs: Readonly<Record<string, readonly Belief[]>>;
  /** Per scope and member, what it showed, each time that changed. */
  readonly looks: Readonly<Record<string, Readonly<Record<string, readonly Look[]>>>>;
  /** Classified mutations that were matched to this step, in ledger order. */
  readonly mutations: readonly MatchedMutation[];
}

export interface Commanded {
  readonly index: number;
  readonly commandId: string;
  readonly at: string;
}

/** Readiness as decided: what was believed from `at` on. */
export interface Belief {
  readonly index: number;
  readonly at: string;
  readonly ready: boolean;
  /** As the record claims; the time of the decision when it was withdrawn. */
  readonly effectiveAt: string;
}

/** From (notBefore, seenAt] on a member showed the step, did not, or did not tell. Times in Unix milliseconds. */
export interface Look {
  readonly index: number;
  readonly view: 'shows' | 'lacks' | 'untold';
  /** null: so since before it was first looked at. */
  readonly notBefore: number | null;
  readonly seenAt: number;
  /** What was seen instead, or why nothing was; empty when it shows the step. */
  readonly detail: string;
}

export interface MatchedMutation {
  readonly index: number;
  readonly mutation: string;
  readonly class: MutationClass;
  readonly by: 'executor' | 'other';
  readonly actor: string | null;
  /** Whether it left things as the step wants them. */
  readonly effect: 'set' | 'removed';
  /** null: the whole target. */
  readonly scopes: readonly string[] | null;
}

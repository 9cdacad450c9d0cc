import type { AheadAtKey, EvolutionRecord, FrozenStep, HoldReason, ScopeShown } from '@causeway/contracts';
import { own } from '../own';

/**
 * State of one evolution sequence: the fold of its records and nothing else, so the ledger's copy of the records gives
 * the same state to anybody.
 */
export type SequenceState =
  | { readonly status: 'absent' }
  | { readonly status: 'rejected'; readonly version: number; readonly rejection: Rejection }
  | OpenSequence
  | EndedSequence;

export type Rejection = Extract<EvolutionRecord, { kind: 'intent-rejected' }>;
export type Acceptance = Extract<EvolutionRecord, { kind: 'sequence-accepted' }>;

interface Running {
  readonly version: number;
  readonly epoch: number;
  readonly acceptance: Acceptance;
  readonly steps: Readonly<Record<string, StepState>>;
  /** Newest hold of each closed gate, by step id; the gate at the end of the sequence is `END_GATE`. */
  readonly holds: Readonly<Record<string, GateHold>>;
  /** False while a plan that starts on resume waits for it. */
  readonly begun: boolean;
  /** An operator aborted it: nothing more is commanded. */
  readonly aborting: boolean;
  /** Its conflict keys: null before it asked for them, and for one that has none. */
  readonly claim: Claim | null;
  /** The last attempt of each step that an operator has granted all attempts anew, by step id. */
  readonly resumedAfter: Readonly<Record<string, number>>;
  /** Mutations of its targets that were not just its own work, by event id, oldest first. */
  readonly mutations: Readonly<Record<string, NoticedMutation>>;
}

/** `turn` is when it asked; who asked earlier comes first. */
export type Claim =
  | { readonly phase: 'waiting'; readonly turn: number; readonly since: string; readonly behind: readonly AheadAtKey[] }
  | { readonly phase: 'held'; readonly turn: number; readonly since: string };

export type NoticedMutation = Omit<Extract<EvolutionRecord, { kind: 'mutation-noticed' }>, 'kind' | 'mutation'>;

export interface OpenSequence extends Running {
  readonly status: 'open';
}

export interface EndedSequence extends Running {
  readonly status: 'ended';
  readonly outcome: 'completed' | 'failed' | 'aborted' | 'previewed';
  readonly endedAt: string;
}

/** Key of the end gate among holds; no step can have this name. */
export const END_GATE = '$end';

export interface GateHold {
  readonly at: string;
  readonly because: readonly HoldReason[];
}

export interface CommandRef {
  readonly id: string;
  readonly digest: string;
}

/** Where one step is. The times are the four times as far as they are known by then. */
export type StepState = StepTimes &
  (
    | { readonly phase: 'waiting' }
    | { readonly phase: 'commanded'; readonly attempt: number; readonly command: CommandRef }
    | {
        readonly phase: 'retry-later';
        readonly attempt: number;
        readonly because: string;
        /** null: only when an operator resumes. */
        readonly retryAt: string | null;
      }
    | {
        readonly phase: 'outcome-unknown';
        readonly attempt: number;
        readonly reason: string;
        /** The look-up under way, or null while the next one waits for its time. */
        readonly lookUp: CommandRef | null;
        /** The apply that was never answered: it may still be carried out. Absent: the executor answered that it cannot say. */
        readonly unanswered?: CommandRef;
      }
    | {
        readonly phase: 'applied';
        readonly attempt: number;
        readonly changed: boolean;
        /** null for an instant between the facts of one decision. */
        readonly probeId: string | null;
        /** When the newest look was asked for; null as long as `probeId` is. */
        readonly askedAt: string | null;
        /** It was shown ready before, and what shows it grew too old: since when it is looked at once more. */
        readonly againSince?: string;
        readonly shown: readonly ScopeShown[];
        readonly overdue: boolean;
      }
    | {
        readonly phase: 'ready';
        readonly attempt: number;
        readonly changed: boolean;
        readonly shown: readonly ScopeShown[];
        /** Every look of what shows it began after this. Absent: it needs no look, or an older release. */
        readonly seenAfter?: string;
      }
    | { readonly phase: 'not-applied'; readonly attempt: number; readonly code: string; readonly message: string }
    | { readonly phase: 'previewed'; readonly found: 'already-so' | 'would-change' | 'unknown' }
  );

export interface StepTimes {
  /** When the newest fact of this step was decided. */
  readonly changedAt: string;
  readonly commandedAt?: string;
  readonly acceptedAt?: string;
  /** An earlier attempt was found in part, and nothing since has shown that it is whole or gone. Absent: no. */
  readonly leftInPart?: true | undefined;
}

export const ABSENT: SequenceState = { status: 'absent' };

/** The frozen form of a step of an accepted sequence. Throws when there is none: a broken invariant. */
export function frozenStep(state: OpenSequence | EndedSequence, id: string): FrozenStep {
  const found = state.acceptance.steps.find((step) => step.id === id);
  if (!found) throw new Error(`broken invariant: sequence has no step ${id}`);
  return found;
}

export const stepState = (state: OpenSequence | EndedSequence, id: string): StepState => {
  const found = own(state.steps, id);
  if (!found) throw new Error(`broken invariant: sequence has no step ${id}`);
  return found;
};

/** The step of a state that is being decided, with its frozen form. */
export const both = (state: OpenSequence, id: string) => ({ step: frozenStep(state, id), now: stepState(state, id) });

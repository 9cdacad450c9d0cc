import type {
  ClassificationData,
  DecisionData,
  IntentData,
  MutationData,
  ReadingData,
  ResultData,
  Target,
} from '@causeway/contracts';

/** Where a decision is made: which sequence, when (RFC 3339), on what cause. Time comes in as data. */
export interface Context {
  readonly sequenceId: string;
  readonly at: string;
}

export const sequenceIdOf = (context: Context): string => context.sequenceId;

/** When the prober last reported, per step: kept beside the state by whoever runs the decisions, lost on a restart. */
export interface LastRound {
  /** When its message was taken in (the decider's own clock). */
  readonly receivedAt: string;
  /** Per `scope/member`, when that member was last seen (the prober's clock, for people to read). */
  readonly seenAt: ReadonlyMap<string, string>;
}

/** Everything that can make a sequence move. */
export type Input =
  | {
      readonly kind: 'intent-received';
      readonly eventId: string;
      readonly publisher: string;
      readonly data: IntentData;
      /** SHA-256 (hex) of the plan's canonical form, computed by the receiver. */
      readonly planDigest: string;
      readonly targets: ReadonlyMap<string, Target>;
    }
  | {
      readonly kind: 'result-received';
      readonly eventId: string;
      readonly principal: string;
      readonly causationIds: readonly string[];
      /** SHA-256 of the result's bytes: what is cited as evidence. */
      readonly digest: string;
      readonly data: ResultData;
    }
  | {
      readonly kind: 'reading-received';
      readonly eventId: string;
      readonly digest: string;
      readonly data: ReadingData;
      /** Per `scope/member`, when it was last seen before this round. */
      readonly seenAt: ReadonlyMap<string, string>;
    }
  | {
      /** Somebody changed one of its targets: as decided in the target's stream, with what was seen. */
      readonly kind: 'mutation-classified';
      readonly classification: ClassificationData;
      readonly mutation: MutationData;
    }
  | {
      readonly kind: 'decision-received';
      readonly eventId: string;
      /** SHA-256 of the decision's bytes: what is cited for what it settles. */
      readonly digest: string;
      readonly data: DecisionData;
    }
  /** Who was right before it at a conflict key has ended. */
  | { readonly kind: 'keys-freed' }
  | { readonly kind: 'clock-reached'; readonly rounds: ReadonlyMap<string, LastRound> };

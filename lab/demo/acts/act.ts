import type { MutationClass } from '@causeway/contracts';
import type { UserRequest } from '../../witness/users';
import type { Act } from '../report/data';

/** What the demo writes of an act into its outcome file. Times are RFC 3339. */
export interface ActFacts {
  readonly name: string;
  /** null: nobody governs, so there is no sequence. */
  readonly sequenceId: string | null;
  readonly outcome: string;
  readonly holds: readonly {
    readonly step: string;
    readonly reasons: readonly {
      readonly scope: string | null;
      readonly member: string | null;
      readonly since: string;
      readonly until: string | null;
    }[];
  }[];
  readonly mutations: readonly {
    readonly target: string;
    /** Of the plan, when it was matched to one. */
    readonly step: string | null;
    readonly class: MutationClass | null;
    readonly actor: string | null;
    readonly channel: string | null;
    readonly at: string;
    readonly ledgerIndex: number | null;
  }[];
  /**
   * As the ledger says. `from` and `to` are the earliest and the latest moment that the window may have been open; `certaintyMs` is the
   * width of the wider of its two edges.
   */
  readonly exposureWindows: readonly {
    readonly scope: string;
    readonly earlier: string;
    readonly later: string;
    readonly from: string;
    readonly to: string | null;
    readonly certaintyMs: number;
    /** Of the 403s that users of this scope met in this act: those inside this window, and those inside no window at all. */
    readonly deniedInside: number;
    readonly deniedOutside: number;
  }[];
  readonly divergences: readonly Divergence[];
}

/** How the order of effect differed: in one scope from the plan, or between two scopes (`place`: the first that differs, from 1). */
export type Divergence =
  | {
      readonly kind: 'plan';
      readonly scope: string;
      readonly earlier: string;
      readonly later: string;
      readonly words: string;
    }
  | {
      readonly kind: 'scopes';
      readonly left: string;
      readonly right: string;
      readonly place: number;
      readonly words: string;
    };

/** One act, played. */
export interface Played {
  readonly facts: ActFacts;
  readonly requests: readonly UserRequest[];
  readonly picture: Act;
  readonly held: boolean;
}

import type { MutationData } from '@causeway/contracts';
import type { Json } from './executor';

/** One change seen at the target, whoever made it; target, history and the observer's clock are added by the host. */
export type SeenMutation = Omit<MutationData, 'target' | 'history' | 'observedAt'>;

/** What one sweep through the target's history brought. */
export interface Sweep {
  /** Oldest first. Those that an earlier sweep brought may come again: the host drops them by `source.id`. */
  readonly mutations: readonly SeenMutation[];
  /** Where the next sweep goes on. Kept with the mutations, in one transaction. */
  readonly cursor: Json;
  /** What the history may have lost since the last sweep (rotated, switched off, cut), as far as it can be told; null: nothing. */
  readonly gap: { readonly from: string; readonly to: string; readonly reason: string } | null;
}

/**
 * Follows a target's own history.
 *
 * 1. It only reads, with credentials that can only read where the system has such.
 * 2. `sweep` brings every mutation of a governed resource that the target had recorded before the call began, after the cursor. It
 *    rather throws than leave one out; what it threw for is looked at again.
 * 3. Ours are told from others by what our executor left at the target (account, header, revision), never by the time.
 * 4. What the system does not tell is `unknown`, not guessed. A system without history gives `between` two looks.
 */
export interface Observer {
  /** How long to wait between sweeps, milliseconds. */
  readonly everyMs: number;
  /** The cursor of "from now on". */
  begin(signal: AbortSignal): Promise<Json>;
  sweep(cursor: Json, signal: AbortSignal): Promise<Sweep>;
}

/**
 * Thrown by `sweep`: the target no longer knows where the cursor points, and from when on it lost its history cannot be told. The host
 * begins anew and states a gap since the last sweep, with this message as its reason.
 */
export class CursorLost extends Error {
  override readonly name = 'CursorLost';
}

import type { ToldSequence } from './evidence';
import type { WorldWrite } from '../world/journal';

/** Something that must never be, with what is needed to look into it. */
export interface Violation {
  /** `lost`, `not-ended`, `doubled-unnoticed`, `gate-without-evidence`, `applied-without-effect`, `accounting`, `verify`, `check`, `recovery`. */
  readonly kind: string;
  readonly detail: string;
  readonly sequenceId?: string;
  readonly facts?: ToldSequence['facts'];
  readonly writes?: readonly WorldWrite[];
}

import {
  CLASSIFICATION_TYPE,
  COVERAGE_TYPE,
  MUTATION_TYPE,
  type ClassificationData,
  type MutationData,
} from '@causeway/contracts';
import type { CoverageInterval } from './coverage';
import type { Recorded } from './recorded';

/** A mutation as recorded. */
export interface MutationRow {
  readonly index: number;
  readonly id: string;
  readonly recordedAt: string;
  readonly data: MutationData;
}

/** What a mutation was found to be. */
export interface ClassRow {
  readonly index: number;
  readonly data: ClassificationData;
}

/** What a batch of entries says about changes at targets, whoever made them. */
export interface Observed {
  readonly mutations: readonly MutationRow[];
  readonly classes: readonly ClassRow[];
  /** Statements of observers, in order. */
  readonly coverage: readonly CoverageInterval[];
}

export function observedIn(entries: readonly Recorded[]): Observed {
  const mutations: MutationRow[] = [];
  const classes: ClassRow[] = [];
  const coverage: CoverageInterval[] = [];
  for (const { message, index, eventId, recordedAt } of entries) {
    if (message.type === MUTATION_TYPE) mutations.push({ index, id: eventId, recordedAt, data: message.data });
    if (message.type === CLASSIFICATION_TYPE) classes.push({ index, data: message.data });
    if (message.type === COVERAGE_TYPE) {
      const { target, kind, from, to, reason } = message.data;
      const places = { firstIndex: index, lastIndex: index };
      coverage.push({ target, kind, from: toMilliseconds(from), to: toMilliseconds(to), reason, ...places });
    }
  }
  return { mutations, classes, coverage };
}

/** One form for all, so that times compare as texts. */
const toMilliseconds = (instant: string): string => new Date(instant).toISOString();

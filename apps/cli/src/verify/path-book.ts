import type { EvolutionRecord, Message, MutationData } from '@causeway/contracts';
import { CLASSIFICATION_TYPE, RECORD_TYPE, SIGHTING_TYPE, WATCH_TYPE } from '@causeway/contracts';
import {
  divergences,
  exposureWindows,
  foldPath,
  scopePath,
  type Divergences,
  type Exposure,
  type PathEntry,
  type PathState,
  type ScopePath,
} from '@causeway/sequence-core';

/** Everything that the ledger tells about the paths of one watched sequence. */
export interface SequencePaths {
  readonly sequenceId: string;
  readonly plan: string;
  readonly paths: readonly ScopePath[];
  readonly divergences: Divergences;
  readonly exposure: Exposure;
}

interface Followed {
  readonly plan: string;
  state: PathState;
}

/** The paths of all watched sequences, computed from the entries alone. */
export class PathBook {
  private readonly followed = new Map<string, Followed>();

  /** @param mutation what a classification is about */
  take(message: Message, index: number, mutation: MutationData | null): void {
    switch (message.type) {
      case RECORD_TYPE:
        if (!this.followed.has(message.data.sequenceId)) return this.begin(message.data.records, { index, message });
        return this.fold(message.data.sequenceId, { index, message });
      case WATCH_TYPE:
      case SIGHTING_TYPE:
        return this.fold(message.data.sequenceId, { index, message });
      case CLASSIFICATION_TYPE:
        if (message.data.match && mutation) this.fold(message.data.match.sequenceId, { index, message, mutation });
        return;
      default:
    }
  }

  get told(): SequencePaths[] {
    return [...this.followed.values()].map(({ plan, state }) => ({
      sequenceId: state.sequenceId,
      plan,
      paths: state.planScopes.map((scope) => scopePath(state, scope)),
      divergences: divergences(state),
      exposure: exposureWindows(state),
    }));
  }

  /** A sequence that nothing watches has a path of records only; nobody is told of it here. */
  private begin(records: readonly EvolutionRecord[], entry: PathEntry): void {
    const accepted = records.find((fact) => fact.kind === 'sequence-accepted');
    const state = accepted?.watch ? foldPath(null, entry) : null;
    if (accepted && state) this.followed.set(state.sequenceId, { plan: accepted.plan.metadata.name, state });
  }

  private fold(sequenceId: string, entry: PathEntry): void {
    const followed = this.followed.get(sequenceId);
    if (followed) followed.state = foldPath(followed.state, entry) ?? followed.state;
  }
}

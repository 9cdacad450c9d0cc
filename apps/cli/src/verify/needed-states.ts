import type { Classification } from '@causeway/contracts';
import type { SequenceAt, SequenceState } from '@causeway/sequence-core';

/**
 * States of sequences at just those versions that classifications name, and right after where they had to stop: found in one reading, kept in the next. A ledger tells the
 * streams of sequences and of targets in no order between them, so a state may come after, or long before, what names it.
 */
export class NeededStates {
  private readonly states = new Map<string, Map<number, SequenceState | null>>();
  private readonly newest = new Map<string, number>();

  need({ data }: Classification): void {
    for (const { sequenceId, version } of data.against) {
      this.want(sequenceId, version);
      if (data.holds.includes(sequenceId)) this.want(sequenceId, version + 1);
    }
  }

  private want(sequenceId: string, version: number): void {
    const versions = this.states.get(sequenceId) ?? new Map<number, SequenceState | null>();
    this.states.set(sequenceId, versions.set(version, null));
  }

  keep(sequenceId: string, state: SequenceState): void {
    if (state.status !== 'absent') this.newest.set(sequenceId, state.version);
    const versions = this.states.get(sequenceId);
    if (versions && state.status !== 'absent' && versions.has(state.version)) versions.set(state.version, state);
  }

  /** Whether the ledger's records of a sequence end before that version. */
  isAhead(sequenceId: string, version: number): boolean {
    return version > (this.newest.get(sequenceId) ?? 0);
  }

  /** null: no record in the ledger leads to that version. */
  at(sequenceId: string, version: number): SequenceAt | null {
    const state = this.states.get(sequenceId)?.get(version);
    return state ? { sequenceId, state } : null;
  }
}

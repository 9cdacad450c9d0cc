import type { Classification } from '@causeway/contracts';
import type { SequenceAt, SequenceState } from '@causeway/sequence-core';

/**
 * States of sequences at just those versions that classifications name, and right after where they had to stop: found in one reading,
 * kept in the next until the last class that needs them was judged. A ledger tells the streams of sequences and of targets in no order
 * between them, so a state may come after, or long before, what names it.
 */
export class NeededStates {
  private readonly states = new Map<string, Map<number, Needed>>();
  private readonly newest = new Map<string, number>();

  need({ data }: Classification): void {
    for (const { sequenceId, version } of data.against) {
      this.want(sequenceId, version);
      if (data.holds.includes(sequenceId)) this.want(sequenceId, version + 1);
    }
  }

  private want(sequenceId: string, version: number): void {
    const versions = this.states.get(sequenceId) ?? new Map<number, Needed>();
    const needed = versions.get(version) ?? { uses: 0, state: null };
    needed.uses++;
    this.states.set(sequenceId, versions.set(version, needed));
  }

  /** One of those who needed it no longer does. */
  release(sequenceId: string, version: number): void {
    const versions = this.states.get(sequenceId);
    const needed = versions?.get(version);
    if (!versions || !needed || --needed.uses > 0) return;
    versions.delete(version);
    if (versions.size === 0) this.states.delete(sequenceId);
  }

  keep(sequenceId: string, state: SequenceState): void {
    if (state.status === 'absent') return;
    this.newest.set(sequenceId, state.version);
    const needed = this.states.get(sequenceId)?.get(state.version);
    if (needed) needed.state = state;
  }

  /** Whether any version of it is still needed. */
  isNeeded(sequenceId: string): boolean {
    return this.states.has(sequenceId);
  }

  /** Whether the ledger's records of a sequence, as far as read, end before that version. */
  isAhead(sequenceId: string, version: number): boolean {
    return version > (this.newest.get(sequenceId) ?? 0);
  }

  /** null: no record in the ledger leads to that version. */
  at(sequenceId: string, version: number): SequenceAt | null {
    const state = this.states.get(sequenceId)?.get(version)?.state;
    return state ? { sequenceId, state } : null;
  }
}

interface Needed {
  /** How many classes still need it. */
  uses: number;
  state: SequenceState | null;
}

import type { ReadingData } from '@causeway/contracts';
import type { LastRound, SequenceState } from '@causeway/sequence-core';

const NEVER: ReadonlyMap<string, string> = new Map();

/**
 * When the prober last reported, per sequence and step. Kept in memory only: after a restart every step counts as heard of
 * at the start, and the prober's next round (at most seconds away) tells more.
 */
export class LastRounds {
  private readonly rounds = new Map<string, Map<string, LastRound>>();

  constructor(private readonly startedAt: string) {}

  note(data: ReadingData, receivedAt: string): void {
    const steps = this.rounds.get(data.sequenceId) ?? new Map<string, LastRound>();
    const seenAt = new Map(steps.get(data.step)?.seenAt);
    for (const { scope, member, takenAt, outcome } of data.readings)
      if (outcome.kind === 'observed') seenAt.set(`${scope}/${member}`, takenAt);
    steps.set(data.step, { receivedAt, seenAt });
    this.rounds.set(data.sequenceId, steps);
  }

  of(sequenceId: string, state: SequenceState): ReadonlyMap<string, LastRound> {
    const rounds = new Map(this.rounds.get(sequenceId));
    if (state.status !== 'open') return rounds;
    for (const [step, { changedAt }] of Object.entries(state.steps)) {
      const since = changedAt > this.startedAt ? changedAt : this.startedAt;
      if (!rounds.has(step)) rounds.set(step, { receivedAt: since, seenAt: new Map() });
    }
    return rounds;
  }

  /** When each member of a step was last seen, by `scope/member`. */
  seenAt(sequenceId: string, step: string): ReadonlyMap<string, string> {
    return this.rounds.get(sequenceId)?.get(step)?.seenAt ?? NEVER;
  }

  forget(sequenceId: string): void {
    this.rounds.delete(sequenceId);
  }
}

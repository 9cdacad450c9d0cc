import type { SequenceState } from '../sequence/state';

/** How many open sequences are to change something at each target. */
export class OpenCount {
  private readonly targetsOf = new Map<string, ReadonlySet<string>>();
  private readonly counts = new Map<string, number>();

  at(target: string): number {
    return this.counts.get(target) ?? 0;
  }

  /** Counts a sequence in or out, as its state says. */
  note(sequenceId: string, state: SequenceState): void {
    const known = this.targetsOf.get(sequenceId);
    if (!known && state.status === 'open' && state.acceptance.mode === 'apply') {
      const targets = new Set(state.acceptance.steps.map(({ target }) => target));
      this.targetsOf.set(sequenceId, targets);
      this.add(targets, 1);
    } else if (known && state.status === 'ended') {
      this.targetsOf.delete(sequenceId);
      this.add(known, -1);
    }
  }

  private add(targets: ReadonlySet<string>, difference: 1 | -1): void {
    for (const target of targets) {
      const count = this.at(target) + difference;
      if (count > 0) this.counts.set(target, count);
      else this.counts.delete(target);
    }
  }
}

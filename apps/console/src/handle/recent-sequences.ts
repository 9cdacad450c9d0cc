import type { Folded } from '../fold/folded';

/** Sequences that changed lately, so that a batch need not read them again. The longest untouched are forgotten first. */
export class RecentSequences {
  private readonly kept = new Map<string, Folded>();

  constructor(private readonly limit: number) {}

  find(ids: readonly string[]): { found: Map<string, Folded>; missing: string[] } {
    const found = new Map<string, Folded>();
    const missing: string[] = [];
    for (const id of ids) {
      const folded = this.kept.get(id);
      if (folded) found.set(id, folded);
      else missing.push(id);
    }
    return { found, missing };
  }

  rememberAll(changed: Iterable<Folded>): void {
    for (const folded of changed) {
      this.kept.delete(folded.sequenceId);
      if (folded.state.status !== 'ended') this.kept.set(folded.sequenceId, folded);
    }
    for (const id of this.kept.keys()) {
      if (this.kept.size <= this.limit) return;
      this.kept.delete(id);
    }
  }

  clear(): void {
    this.kept.clear();
  }
}

import type { AheadAtKey } from '@causeway/contracts';
import type { SequenceAt } from '../mutation/candidates';
import type { SequenceState } from '../sequence/state';
import { conflictKeysOf, type ClaimedKey } from './conflict-keys';
import { OpenCount } from './open-count';

/** What a decision asks about conflict keys. */
export interface Claims {
  /** The sequences right before this one, one a key at most; none: the keys are its own. */
  ahead(sequenceId: string, keys: readonly ClaimedKey[]): AheadAtKey[];
  /** The next turn, which is taken with this. */
  nextTurn(): number;
  /** How many open sequences are to change something at a target. */
  openAt(target: string): number;
}

interface InLine {
  readonly sequenceId: string;
  readonly step: string | null;
}

/**
 * Who has which conflict key, and who waits for it, over all open sequences: computed from their states, so from their records alone.
 *
 * 1. A key is a line: first who asked first. A sequence stands in all its lines from one turn on, until it ends.
 * 2. It has its keys when it is the first in every line: all at once, never some of them. So nobody holds one key and waits for another.
 * 3. Everybody waits only for who asked earlier, so nobody waits in a circle, and nobody is overtaken at a key.
 */
export class ClaimBook implements Claims {
  private readonly lines = new Map<string, InLine[]>();
  private readonly keys = new Map<string, readonly ClaimedKey[]>();
  private readonly open = new OpenCount();

  /** @param lastTurn the last turn that was taken */
  constructor(
    open: readonly SequenceAt[],
    private lastTurn: number,
  ) {
    const asked = open.map(({ sequenceId, state }) => ({ sequenceId, state, turn: askedAt(state) }));
    asked.sort((a, b) => (a.turn ?? 0) - (b.turn ?? 0));
    for (const { sequenceId, state } of asked) this.note(sequenceId, state);
  }

  get turn(): number {
    return this.lastTurn;
  }

  nextTurn(): number {
    return ++this.lastTurn;
  }

  openAt(target: string): number {
    return this.open.at(target);
  }

  ahead(sequenceId: string, keys: readonly ClaimedKey[]): AheadAtKey[] {
    return keys.flatMap(({ key }) => {
      const line = this.lines.get(key) ?? [];
      const place = line.findIndex((one) => one.sequenceId === sequenceId);
      const before = line[(place < 0 ? line.length : place) - 1];
      return before ? [{ key, ...before }] : [];
    });
  }

  /** Those right behind a sequence, each once, first who is longer in line. */
  behind(sequenceId: string): string[] {
    const each: string[] = [];
    for (const { key } of this.keys.get(sequenceId) ?? []) {
      const next = this.rightBehind(sequenceId, key);
      if (next !== undefined && !each.includes(next)) each.push(next);
    }
    if (each.length < 2) return each;
    const order = [...this.keys.keys()];
    return each.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  }

  /** Nearly every line is one sequence long: then nothing is looked for. */
  private rightBehind(sequenceId: string, key: string): string | undefined {
    const line = this.lines.get(key) ?? [];
    if (line.length < 2) return undefined;
    return line[line.findIndex((one) => one.sequenceId === sequenceId) + 1]?.sequenceId;
  }

  /** Counts a sequence, and puts it in its lines or takes it out of them, as its state says. */
  note(sequenceId: string, state: SequenceState): void {
    this.open.note(sequenceId, state);
    const isIn = this.keys.has(sequenceId);
    if (state.status === 'open' && state.claim !== null && !isIn)
      this.enter(sequenceId, conflictKeysOf(state.acceptance));
    if (state.status === 'ended' && isIn) this.leave(sequenceId);
  }

  private enter(sequenceId: string, keys: readonly ClaimedKey[]): void {
    this.keys.set(sequenceId, keys);
    for (const { key, step } of keys) this.lines.set(key, [...(this.lines.get(key) ?? []), { sequenceId, step }]);
  }

  private leave(sequenceId: string): void {
    for (const { key } of this.keys.get(sequenceId) ?? []) {
      const left = (this.lines.get(key) ?? []).filter((one) => one.sequenceId !== sequenceId);
      if (left.length > 0) this.lines.set(key, left);
      else this.lines.delete(key);
    }
    this.keys.delete(sequenceId);
  }
}

const askedAt = (state: SequenceState): number | null => (state.status === 'open' ? (state.claim?.turn ?? null) : null);

import type { EvolutionRecord } from '@causeway/contracts';
import { conflictKeysOf, type SequenceState } from '@causeway/sequence-core';
import type { Place } from './class-rules';
import { Broken, type OrderFault } from './order-fault';

/**
 * Holds what is told of conflict keys against itself, over all sequences.
 *
 * 1. No step is ordered before its sequence has its keys, and none ends without giving them back.
 * 2. Turns are 1, 2, 3 and so on, each taken once: nothing about a key was decided beside this ledger.
 * 3. Whoever took its keys did so after everybody who had asked for one of them earlier had ended: one holder at a time, in the order of
 *    asking.
 *
 * The streams have no order between them in a ledger; turns do. The last ones of an export may be missing because their records come a
 * little later: what they could explain is counted as open while it was recorded less than {@link OPEN_FOR_MS} before the end.
 */
export interface ClaimCounts {
  /** Sequences that asked for conflict keys. */
  readonly claims: number;
  /** Of these, how many cannot be judged before records come that are not in this export. */
  readonly openClaims: number;
}

/** Far longer than a record needs from the sequencer to the ledger, milliseconds. */
const OPEN_FOR_MS = 60_000;

interface Claim {
  readonly sequenceId: string;
  readonly keys: readonly string[];
  readonly asked: number;
  taken: (Place & { readonly turn: number }) | null;
  /** The turn at which they were free again. */
  freed: number;
}

export class ClaimRules {
  private readonly claims = new Map<string, Claim>();
  private readonly turns = new Map<number, Place>();
  private open = 0;

  get counts(): ClaimCounts {
    return { claims: this.claims.size, openClaims: this.open };
  }

  /** Takes a fact of a sequence and the state it leads to. @throws Broken */
  takeFact(sequenceId: string, fact: EvolutionRecord, after: SequenceState, place: Place): void {
    if (after.status !== 'open' && after.status !== 'ended') return;
    if (fact.kind === 'keys-awaited' && !this.claims.has(sequenceId)) this.asks(sequenceId, fact.turn, after, place);
    if (fact.kind === 'keys-taken') this.takes(sequenceId, fact.turn, after, place);
    if (fact.kind === 'step-commanded' && fact.verb === 'apply') checkHeld(fact.step, after);
    if (fact.kind === 'sequence-ended') this.ends(sequenceId, fact.keysFreed, after, place);
  }

  /**
   * After the last entry: the first claim that is out of order.
   * @param recordedUntil when the last entry was recorded
   * @param isWhole whether all records were judged; else a turn that is not told may be one of theirs
   */
  firstFault(recordedUntil: string | null, isWhole = true): OrderFault | null {
    const missing = this.firstMissing();
    const isOpen = (place: Place): boolean => !isWhole || isRecent(place, recordedUntil);
    const faults = [...this.outOfTurn(missing, isOpen), ...this.notTold(missing, isOpen)];
    return faults.sort((a, b) => a.index - b.index)[0] ?? null;
  }

  private asks(sequenceId: string, turn: number, { acceptance }: Running, place: Place): Claim {
    this.takeTurn(turn, place);
    const keys = conflictKeysOf(acceptance).map(({ key }) => key);
    const claim: Claim = { sequenceId, keys, asked: turn, taken: null, freed: Number.POSITIVE_INFINITY };
    this.claims.set(sequenceId, claim);
    return claim;
  }

  private takes(sequenceId: string, turn: number, state: Running, place: Place): void {
    const before = this.claims.get(sequenceId);
    if (before) this.takeTurn(turn, place);
    (before ?? this.asks(sequenceId, turn, state, place)).taken = { turn, ...place };
  }

  private ends(sequenceId: string, turn: number | undefined, { claim: had }: Running, place: Place): void {
    if ((had === null) !== (turn === undefined))
      throw new Broken('keys-not-freed', `sequence ${sequenceId} ended without giving its conflict keys back`);
    const claim = this.claims.get(sequenceId);
    if (turn === undefined || !claim) return;
    this.takeTurn(turn, place);
    claim.freed = turn;
  }

  private takeTurn(turn: number, place: Place): void {
    if (this.turns.has(turn)) throw new Broken('turn-taken-twice', `turn ${turn} was taken before`);
    this.turns.set(turn, place);
  }

  /** The lowest turn that no record tells. */
  private firstMissing(): number {
    let turn = 1;
    while (this.turns.has(turn)) turn++;
    return turn;
  }

  private *outOfTurn(missing: number, isOpen: (place: Place) => boolean): Generator<OrderFault> {
    for (const [key, line] of this.lines()) {
      let longest = line[0] as Claim;
      for (const claim of line.slice(1)) {
        if (claim.taken && longest.freed > claim.taken.turn) {
          const isUntold = longest.freed === Number.POSITIVE_INFINITY && missing < claim.taken.turn;
          if (isUntold && isOpen(claim.taken)) this.open++;
          else yield outOfTurn(key, claim.taken.index, claim, longest);
        }
        if (claim.freed > longest.freed) longest = claim;
      }
    }
  }

  /** Claims of each key, in the order of asking. */
  private lines(): Map<string, Claim[]> {
    const lines = new Map<string, Claim[]>();
    const inOrder = [...this.claims.values()].sort((a, b) => a.asked - b.asked);
    for (const claim of inOrder)
      for (const key of claim.keys) {
        const line = lines.get(key);
        if (line) line.push(claim);
        else lines.set(key, [claim]);
      }
    return lines;
  }

  private *notTold(missing: number, isOpen: (place: Place) => boolean): Generator<OrderFault> {
    for (const [turn, place] of this.turns) {
      if (turn < missing || isOpen(place)) continue;
      const message = `turn ${turn} was taken, but no record in the ledger tells of turn ${missing} before it`;
      yield { index: place.index, code: 'turn-not-told', message };
    }
  }
}

type Running = Extract<SequenceState, { status: 'open' | 'ended' }>;

function checkHeld(step: string, { acceptance, claim }: Running): void {
  if (claim?.phase === 'held' || conflictKeysOf(acceptance).length === 0) return;
  throw new Broken('commanded-without-keys', `step ${step} was ordered before its sequence had its conflict keys`);
}

const isRecent = ({ recordedAt }: Place, until: string | null): boolean =>
  Date.parse(until ?? recordedAt) - Date.parse(recordedAt) < OPEN_FOR_MS;

const outOfTurn = (key: string, index: number, claim: Claim, other: Claim): OrderFault => ({
  ...{ index, code: 'keys-out-of-turn' },
  message: `sequence ${claim.sequenceId} took ${key} while sequence ${other.sequenceId}, which had asked earlier, had not ended`,
});

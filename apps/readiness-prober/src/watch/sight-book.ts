/**
 * Pure: what is to be said of one watch, and when. It sees no clock and no network: looks come in as data, with their times.
 *
 * What must hold:
 * 1. A member's first look is said, and each that shows something else than the one before; only values that were asked for
 *    count.
 * 2. The bounds of a sight hold the change. `seenAt`: when the look that shows it was answered. `notBefore`: when the last
 *    look began that showed otherwise. Silence shows nothing: a value that is seen after it may have come at any time since
 *    the last value.
 * 3. After a restart every member is said anew: that nobody looked since what was said last, then what it shows now.
 * 4. `lookedUntil` never runs ahead of a look that is not made or a sight that is not said.
 * 5. What is seen in one moment is one message. No sight waits longer than {@link GATHER_MS}, no silence lasts longer than
 *    {@link HEARTBEAT_MS}.
 * 6. It is over when every member was looked at once after the end, and all is said.
 */
import type { Sight } from '@causeway/contracts';
import { sameJson } from '@causeway/sequence-core';
import { MAX_SEEN_BYTES } from '../handle/message-room';
import type { LookOutcome } from '../look/look';

/** How long a sight waits for others, so that members who change together are one message. */
export const GATHER_MS = 50;
/** The longest silence: whoever reads the sightings can tell "as it was" from "nobody looks". */
export const HEARTBEAT_MS = 10_000;
/** Sights of one message. */
export const MAX_SIGHTS = 1_000;
/** Sights that wait to be said. With more, looks count as not made: bounds get wider, memory does not. */
export const MAX_UNSAID = 10_000;

/** One moment by two clocks, both in milliseconds: what to measure with, and what to say (Unix). */
export interface Moment {
  readonly monotonic: number;
  readonly instant: number;
}

/** One look at one member. */
export interface Looked {
  readonly began: Moment;
  readonly answered: Moment;
  readonly outcome: LookOutcome;
}

export interface WatchedMember {
  readonly step: string;
  readonly scope: string;
  readonly member: string;
  /** Names of the values that the step's expectation is about. */
  readonly asked: readonly string[];
}

export interface WatchTimes {
  readonly starts: Moment;
  /** Monotonic milliseconds. */
  readonly endsAt: number;
  /** What an earlier process said last, Unix milliseconds; null: nothing was said yet. */
  readonly lookedUntil: number | null;
}

/** What one message says. */
export interface Said {
  readonly sights: readonly Sight[];
  /** Unix milliseconds. */
  readonly lookedUntil: number;
  readonly last: boolean;
}

export type Turn = { readonly kind: 'say' } | { readonly kind: 'wait'; readonly untilMs: number };

const NOBODY_LOOKED: LookOutcome = { kind: 'unreachable', reason: 'nobody looked: the prober was started anew' };

interface Seen {
  readonly watched: WatchedMember;
  shows: LookOutcome | null;
  /** When the last look began; Unix milliseconds. */
  lookedAt: number | null;
  /** When the last look began that showed values. */
  showedAt: number | null;
  isDone: boolean;
}

interface Unsaid {
  readonly sight: Sight;
  readonly notBefore: number | null;
  readonly bytes: number;
}

export class SightBook {
  private readonly members: Seen[];
  private readonly from: number;
  private unsaid: Unsaid[] = [];
  private sayAt: number;
  private endsAt: number;

  constructor(members: readonly WatchedMember[], { starts, endsAt, lookedUntil }: WatchTimes) {
    this.endsAt = endsAt;
    this.from = lookedUntil ?? starts.instant;
    this.sayAt = starts.monotonic + HEARTBEAT_MS;
    this.members = members.map((watched) => ({
      watched,
      shows: null,
      lookedAt: lookedUntil,
      showedAt: lookedUntil,
      isDone: false,
    }));
    if (lookedUntil !== null) for (const member of this.members) this.show(member, NOBODY_LOOKED, starts);
  }

  /** The sequence has ended: looks that begin from now on are the last ones. */
  end(now: number): void {
    this.endsAt = Math.min(this.endsAt, now);
  }

  /** A look at member `i` (by place) was answered. */
  looked(i: number, { began, answered, outcome }: Looked): void {
    const member = this.members[i];
    if (!member) throw new RangeError(`no member ${i} in this watch`);
    if (this.unsaid.length >= MAX_UNSAID) return;
    this.show(member, asAsked(outcome, member.watched.asked), answered);
    member.lookedAt = began.instant;
    if (outcome.kind === 'observed') member.showedAt = began.instant;
    member.isDone ||= began.monotonic >= this.endsAt;
  }

  /** What to do now. */
  next(now: number): Turn {
    return this.isOver() || this.sayAt <= now ? { kind: 'say' } : { kind: 'wait', untilMs: this.sayAt };
  }

  /** The next message. What it says is taken as said. */
  take(now: number): Said {
    const said = this.unsaid.splice(0, this.fitting());
    this.sayAt = this.unsaid.length > 0 ? now : now + HEARTBEAT_MS;
    const last = this.isOver() && this.unsaid.length === 0;
    return { sights: said.map(({ sight }) => sight), lookedUntil: this.lookedUntil(), last };
  }

  private show(seen: Seen, outcome: LookOutcome, answered: Moment): void {
    if (!sameJson(outcome, seen.shows)) this.note(seen, outcome, answered);
    seen.shows = outcome;
  }

  private note({ watched, lookedAt, showedAt }: Seen, outcome: LookOutcome, answered: Moment): void {
    const { step, scope, member } = watched;
    const notBefore = outcome.kind === 'observed' ? showedAt : lookedAt;
    const sight = { step, scope, member, ...bounds(notBefore, answered.instant), outcome };
    this.unsaid.push({ sight, notBefore, bytes: Buffer.byteLength(JSON.stringify(sight)) + 1 });
    this.sayAt = Math.min(this.sayAt, answered.monotonic + GATHER_MS);
  }

  private isOver(): boolean {
    return this.members.every(({ isDone }) => isDone);
  }

  private fitting(): number {
    let bytes = 0;
    const over = this.unsaid.findIndex((each, i) => i === MAX_SIGHTS || (bytes += each.bytes) > MAX_SEEN_BYTES);
    return over === -1 ? this.unsaid.length : over;
  }

  private lookedUntil(): number {
    const looked = this.members.map(({ lookedAt }) => lookedAt ?? this.from);
    const unsaid = this.unsaid.map(({ notBefore }) => notBefore ?? this.from);
    return [...looked, ...unsaid].reduce((a, b) => Math.min(a, b));
  }
}

const instantOf = (unixMs: number): string => new Date(unixMs).toISOString();

/** A clock that was set back meanwhile makes the interval wider, never upside down. */
function bounds(notBefore: number | null, seenAt: number): Pick<Sight, 'notBefore' | 'seenAt'> {
  if (notBefore === null) return { notBefore, seenAt: instantOf(seenAt) };
  const [first, last] = [Math.min(notBefore, seenAt), Math.max(notBefore, seenAt)];
  return { notBefore: instantOf(first), seenAt: instantOf(last) };
}

function asAsked(outcome: LookOutcome, asked: readonly string[]): LookOutcome {
  if (outcome.kind === 'unreachable') return outcome;
  const named = Object.entries(outcome.values).filter(([name]) => asked.includes(name));
  return { kind: 'observed', values: Object.fromEntries(named) };
}

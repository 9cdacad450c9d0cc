/**
 * Pure: when to look at which member of one probe, and when a round of readings is due. It sees no clock and no network:
 * time comes in as monotonic milliseconds, answers come in as data.
 *
 * What must hold:
 * 1. Every member is looked at once at the start, then every `everyMs` after its last look began, never twice at a time.
 * 2. A member without an answer holds up no other: a round with a change in it waits for the looks that were under way
 *    then, at most {@link GATHER_MS}, then says of the silent one only what is known of it.
 * 3. A round is due when a member shows something else than in the last round, at the end, and every {@link HEARTBEAT_MS}.
 * 4. A streak counts looks in a row with the same outcome; a schedule begins with no streaks (after a restart too).
 * 5. A round says since when, counted from the start, all of what it tells was seen.
 * 6. It ends when every member's last look met the expectations with a streak of `consecutive`, or at `endsAt`. Whoever
 *    makes the pace leaves time for at least one look.
 */
import type { MemberReading, ResolvedExpectation } from '@causeway/contracts';
import { expectationsMet } from '@causeway/sequence-core';

/** How long a changed round waits for looks under way, so that members who answer together are one message. */
export const GATHER_MS = 200;
/** The longest silence: whoever waits for readings can tell "nothing new" from "nobody looks". */
export const HEARTBEAT_MS = 2_000;

export interface Pace {
  readonly everyMs: number;
  readonly consecutive: number;
  readonly expect: readonly ResolvedExpectation[];
  /** Monotonic milliseconds. */
  readonly startsAt: number;
  readonly endsAt: number;
}

export type Move =
  { readonly kind: 'send'; readonly last: boolean } | { readonly kind: 'wait'; readonly untilMs: number };

type Outcome = MemberReading['outcome'];

/** `sinceAskedMs`: how long after the start the oldest of its looks began; 0 when a member has not answered yet. */
export interface TakenRound {
  readonly readings: readonly MemberReading[];
  readonly sinceAskedMs: number;
}

interface Watched {
  readonly scope: string;
  readonly member: string;
  /** Since when a look is under way (monotonic), or null. */
  lookingSince: number | null;
  lookTakenAt: string;
  /** When the look began that brought the reading (monotonic), or null before the first. */
  readAt: number | null;
  nextLookAt: number;
  reading: MemberReading | null;
  /** When the last look began that brought something, or null. */
  seenAt: string | null;
  /** The outcome as text, to compare; null before the first answer. */
  shows: string | null;
  sentShows: string | null;
  met: boolean;
}

export class LookSchedule {
  private readonly members: Watched[];
  private sentAt: number;
  private changedAt: number | null = null;

  constructor(
    private readonly pace: Pace,
    members: readonly { readonly scope: string; readonly member: string }[],
  ) {
    this.sentAt = pace.startsAt;
    this.members = members.map(({ scope, member }) => ({
      scope,
      member,
      lookingSince: null,
      lookTakenAt: '',
      readAt: null,
      nextLookAt: pace.startsAt,
      reading: null,
      seenAt: null,
      shows: null,
      sentShows: null,
      met: false,
    }));
  }

  /** Members (by place) whose next look is due now. */
  due(now: number): number[] {
    const due: number[] = [];
    if (now >= this.pace.endsAt) return due;
    this.members.forEach((each, i) => each.lookingSince === null && each.nextLookAt <= now && due.push(i));
    return due;
  }

  /** @param takenAt the instant (RFC 3339) that the reading of this look will carry: what it shows is at least that new */
  lookBegan(i: number, now: number, takenAt: string): void {
    const member = this.at(i);
    member.lookingSince = now;
    member.lookTakenAt = takenAt;
  }

  answered(i: number, answer: Outcome, now: number): void {
    const member = this.at(i);
    const outcome = withLastSight(answer, member.seenAt);
    if (outcome.kind === 'observed') member.seenAt = member.lookTakenAt;
    const shows = JSON.stringify(outcome);
    const streak = shows === member.shows && member.reading ? member.reading.streak + 1 : 1;
    member.readAt = member.lookingSince;
    member.nextLookAt = Math.max((member.lookingSince ?? now) + this.pace.everyMs, now);
    member.lookingSince = null;
    member.reading = { scope: member.scope, member: member.member, takenAt: member.lookTakenAt, outcome, streak };
    member.shows = shows;
    member.met = streak >= this.pace.consecutive && this.meets(outcome);
    if (shows !== member.sentShows) this.changedAt ??= now;
  }

  /** What to do about the round now. */
  next(now: number): Move {
    if (now >= this.pace.endsAt || this.members.every(({ met }) => met)) return { kind: 'send', last: true };
    const roundAt = this.roundDueAt(now);
    if (roundAt <= now) return { kind: 'send', last: false };
    const looks = this.members.filter(({ lookingSince }) => lookingSince === null).map(({ nextLookAt }) => nextLookAt);
    return { kind: 'wait', untilMs: looks.reduce((a, b) => Math.min(a, b), Math.min(roundAt, this.pace.endsAt)) };
  }

  private roundDueAt(now: number): number {
    const heartbeatAt = this.sentAt + HEARTBEAT_MS;
    const { changedAt } = this;
    if (changedAt === null) return heartbeatAt;
    const underWay = this.members.some(({ lookingSince }) => lookingSince !== null && lookingSince <= changedAt);
    return Math.min(heartbeatAt, underWay ? changedAt + GATHER_MS : now);
  }

  /** The round as it stands, every member in it. Marks it as sent. */
  takeRound(now: number): TakenRound {
    this.sentAt = now;
    this.changedAt = null;
    const readings = this.members.map((member) => {
      member.sentShows = member.shows;
      return member.reading ?? silent(member);
    });
    const oldest = Math.min(...this.members.map(({ readAt }) => readAt ?? this.pace.startsAt));
    return { readings, sinceAskedMs: Math.max(0, Math.floor(oldest - this.pace.startsAt)) };
  }

  private meets(outcome: Outcome): boolean {
    return outcome.kind === 'observed' && expectationsMet(this.pace.expect, outcome.values);
  }

  private at(i: number): Watched {
    const member = this.members[i];
    if (!member) throw new RangeError(`no member ${i} in this probe`);
    return member;
  }
}

/** Who waits for an unreachable member wants to know since when. An instant, not an age: the same words each time. */
const withLastSight = (outcome: Outcome, seenAt: string | null): Outcome =>
  outcome.kind === 'observed' || seenAt === null
    ? outcome
    : { ...outcome, reason: `${outcome.reason}; last answered at ${seenAt}` };

/** Said in the same words until the look ends, so that waiting is not taken for news. */
const silent = ({ scope, member, lookTakenAt }: Watched): MemberReading => ({
  scope,
  member,
  takenAt: lookTakenAt,
  outcome: { kind: 'unreachable', reason: 'no answer yet' },
  streak: 1,
});

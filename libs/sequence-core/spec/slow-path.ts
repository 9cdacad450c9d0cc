/**
 * The slow twin of the timelines: asks at every half millisecond of a short time what can have been so and what was surely so,
 * straight from the sights. Windows are the stretches of what can have been so that have a sure moment in them.
 */
export interface PlainSight {
  readonly value: 'new' | 'old' | null;
  readonly notBefore: number | null;
  readonly seenAt: number;
}
export type PlainMember = readonly PlainSight[];
export interface PlainSpan {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

const END = 120;
/** Moments between the ticks: a change never happens exactly on one of these. */
const BETWEEN = Array.from({ length: END + 2 }, (_, i) => i - 1.5);
const MOMENTS = Array.from({ length: 2 * END + 4 }, (_, i) => i / 2 - 1.5);

/** When a member can have begun to be as a sight says: before that, looks that told nothing are passed over. */
function beginning(member: PlainMember, i: number): number {
  let first = i;
  while (first > 0 && member[first - 1]?.value === null) first--;
  return member[first]?.notBefore ?? -Infinity;
}

function mayBe(member: PlainMember, value: 'new' | 'old', moment: number): boolean {
  return member.some((sight, i) => {
    if (sight.value !== value) return false;
    const ending = member.slice(i + 1).find((next) => next.value !== null && next.value !== value)?.seenAt ?? Infinity;
    return beginning(member, i) < moment && moment < ending;
  });
}

const isTold = (member: PlainMember, moment: number): boolean =>
  member.some((sight) => sight.value !== null && sight.seenAt <= moment) &&
  !member.some(
    (sight, i) =>
      sight.value === null &&
      (sight.notBefore ?? -Infinity) < moment &&
      moment < (member.slice(i + 1).find((next) => next.value !== null)?.seenAt ?? Infinity),
  );

const surelyIs = (member: PlainMember, value: 'new' | 'old', moment: number): boolean =>
  isTold(member, moment) && mayBe(member, value, moment) && !mayBe(member, value === 'new' ? 'old' : 'new', moment);

/** @param answered a value counts as sure at the moment when it was seen, even if the next look began before that */
const wasSeen = (member: PlainMember, moment: number, answered: boolean): boolean =>
  surelyIs(member, 'new', moment) ||
  (answered && member.some((sight) => sight.value === 'new' && sight.seenAt === moment));

export const slowWindows = (earlier: readonly PlainMember[], later: readonly PlainMember[]): PlainSpan[] =>
  stretches(
    (moment) => earlier.some((one) => mayBe(one, 'old', moment)) && later.some((one) => mayBe(one, 'new', moment)),
    (moment) =>
      earlier.some((one) => surelyIs(one, 'old', moment)) && later.some((one) => surelyIs(one, 'new', moment)),
  );

export const slowWhole = (members: readonly PlainMember[]): PlainSpan[] =>
  stretches(
    (moment) => members.every((one) => mayBe(one, 'new', moment)),
    (moment) => members.every((one) => wasSeen(one, moment, true)),
  );

function stretches(possible: (moment: number) => boolean, sure: (moment: number) => boolean): PlainSpan[] {
  const spans: PlainSpan[] = [];
  let begun: number | null = null;
  for (const moment of [...BETWEEN, Infinity]) {
    const isPossible = moment !== Infinity && possible(moment);
    if (isPossible) begun ??= moment - 0.5;
    if (isPossible || begun === null) continue;
    const [start, end] = [begun, moment === Infinity ? Infinity : moment - 0.5];
    const moments = MOMENTS.filter((one) => start <= one && one <= end && sure(one));
    if (moments.length > 0)
      spans.push({
        from: [start < 0 ? -Infinity : start, moments[0] as number],
        to: [end === Infinity && moments.at(-1) === MOMENTS.at(-1) ? Infinity : (moments.at(-1) as number), end],
      });
    begun = null;
  }
  return spans;
}

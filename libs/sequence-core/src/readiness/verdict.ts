import type { FrozenStep, HoldReason, MemberReading, ReadingData } from '@causeway/contracts';
import { compareAll } from './expectation';

/**
 * Readiness of one step judged from one round of raw readings.
 *
 * 1. The denominator is the step's frozen member list; a member without a reading holds (`missing`), an unknown extra
 *    reading counts for nothing.
 * 2. A scope is ready only when every one of its members shows everything, `consecutive` looks in a row.
 * 3. Not knowing (missing, unreachable, unreadable, stale) is never ready; it is `inconclusive` and says which and why.
 */
export interface ScopeVerdict {
  readonly scope: string;
  readonly ready: boolean;
  /** The newest of the members' looks; null unless ready. */
  readonly effectiveAt: string | null;
  /** A member was seen showing something else: more than not knowing, or not having seen it often enough yet. */
  readonly showsOtherwise: boolean;
  readonly reasons: readonly Unready[];
}

/** A hold reason before it is known since when it holds. */
export type Unready = Omit<HoldReason, 'since'>;

/** @param seenAt per `scope/member`, when it was last seen before this round: only for people to read */
export function judgeRound(
  step: FrozenStep,
  round: Pick<ReadingData, 'readings'>,
  seenAt: ReadonlyMap<string, string> = new Map(),
): ScopeVerdict[] {
  const byMember = new Map(round.readings.map((reading) => [`${reading.scope}/${reading.member}`, reading]));
  return step.scopes.map(({ scope, members }) => {
    const judged = members.map((member) =>
      judgeMember(step, scope, member, byMember.get(`${scope}/${member}`), seenAt),
    );
    const unready = judged.filter((one) => one.kind === 'unready');
    const showsOtherwise = unready.some((one) => one.showsOtherwise);
    const reasons = unready.map(({ reason }) => reason);
    if (reasons.length > 0) return { scope, ready: false, effectiveAt: null, showsOtherwise, reasons };
    const looks = judged.flatMap((one) => (one.kind === 'ready' ? [one.takenAt] : []));
    return { scope, ready: true, effectiveAt: looks.sort().at(-1) ?? null, showsOtherwise, reasons };
  });
}

type MemberVerdict =
  | { readonly kind: 'ready'; readonly takenAt: string }
  | { readonly kind: 'unready'; readonly showsOtherwise: boolean; readonly reason: Unready };

function judgeMember(
  step: FrozenStep,
  scope: string,
  member: string,
  reading: MemberReading | undefined,
  seenAt: ReadonlyMap<string, string>,
): MemberVerdict {
  const seen = reading?.outcome.kind === 'observed' ? reading.takenAt : (seenAt.get(`${scope}/${member}`) ?? null);
  const unready = (
    verdict: Unready['verdict'],
    reason: Unready['reason'],
    detail: string,
    showsOtherwise = false,
  ): MemberVerdict => ({
    ...{ kind: 'unready', showsOtherwise },
    reason: { step: step.id, scope, member, verdict, reason, detail, lastReadingAt: seen },
  });
  if (!reading) return unready('inconclusive', 'missing', 'no reading of this member yet');
  if (reading.outcome.kind === 'unreachable') return unready('inconclusive', 'unreachable', reading.outcome.reason);
  const compared = compareAll(step.show?.expect ?? [], reading.outcome.values);
  if (compared.kind === 'unreadable') return unready('inconclusive', 'unreadable', compared.detail);
  if (compared.kind === 'unmet') return unready('not-ready', 'not-yet', compared.detail, true);
  if (reading.streak < step.consecutive)
    return unready('not-ready', 'not-yet', `seen ${reading.streak} of ${step.consecutive} times in a row`);
  return { kind: 'ready', takenAt: reading.takenAt };
}

/**
 * All members of a step when no round came for longer than a reading may be old.
 * @param lastReadingAt per `scope/member`, when it was last seen (absent: never)
 */
export function judgeSilence(
  step: FrozenStep,
  lastReadingAt: ReadonlyMap<string, string>,
  freshnessMs: number,
): Unready[] {
  return step.scopes.flatMap(({ scope, members }) =>
    members.map((member): Unready => {
      const seenAt = lastReadingAt.get(`${scope}/${member}`) ?? null;
      const reason = seenAt === null ? 'missing' : 'stale';
      const detail =
        seenAt === null
          ? 'the prober has not reported this member'
          : `the last reading is older than ${freshnessMs} ms`;
      return { step: step.id, scope, member, verdict: 'inconclusive', reason, detail, lastReadingAt: seenAt };
    }),
  );
}

import type { Hold, MemberView, NoticedMutationView, ScopeView, SequenceView, StepView } from '@causeway/console-api';
import type { FrozenStep, HoldReason, ScopeShown } from '@causeway/contracts';
import {
  conflictKeysOf,
  own,
  policyOf,
  END_GATE,
  type EndedSequence,
  type OpenSequence,
  type StepState,
} from '@causeway/sequence-core';
import { versionOf, type Folded } from './folded';
import { rowOf, summaryOf } from './summary';

type Running = OpenSequence | EndedSequence;

/**
 * A sequence for people: steps, scopes and members with what holds them and since when.
 * @param nowMs Unix milliseconds, for the ages of readings
 */
export function viewOf(folded: Folded, nowMs: number): SequenceView {
  const { state, intent, fault } = folded;
  const running = state.status === 'open' || state.status === 'ended' ? state : null;
  const rejection = state.status === 'rejected' ? state.rejection : null;
  const holds = state.status === 'open' ? holdsOf(folded, state, nowMs) : [];
  return {
    ...summaryOf(rowOf(folded)),
    planDigest: running?.acceptance.planDigest ?? rejection?.planDigest ?? intent?.planDigest ?? '',
    reason: running?.acceptance.plan.metadata.reason ?? null,
    environment: running?.acceptance.plan.metadata.environment ?? null,
    epoch: running?.epoch ?? null,
    version: versionOf(state),
    asOf: String(folded.lastIndex),
    steps: running ? running.acceptance.steps.map((step) => stepViewOf(folded, running, step, holds, nowMs)) : [],
    holds,
    begun: running?.begun ?? false,
    aborting: running?.aborting ?? false,
    aborted: folded.operators.aborted,
    claim: running && claimOf(running),
    mutations: running ? noticedIn(folded, running) : [],
    rejection: rejection && { code: rejection.code, problems: rejection.problems },
    fault,
  };
}

function claimOf({ acceptance, claim }: Running): SequenceView['claim'] {
  if (claim === null) return null;
  const { phase, turn, since } = claim;
  const behind =
    claim.phase === 'waiting' ? claim.behind.map(({ key, sequenceId, step }) => ({ key, sequenceId, step })) : [];
  return { phase, turn, since, keys: conflictKeysOf(acceptance), behind };
}

const noticedIn = ({ operators }: Folded, { mutations }: Running): NoticedMutationView[] =>
  Object.entries(mutations).map(([id, noticed]) => {
    const story = operators.noticed[id];
    return { id, ...noticed, index: String(story?.index ?? 0), accepted: story?.accepted ?? null };
  });

function holdsOf({ looks }: Folded, state: OpenSequence, nowMs: number): Hold[] {
  return Object.entries(state.holds).flatMap(([gate, { because }]) =>
    because.map((reason) => {
      const look = looks[`${reason.step}/${reason.scope}/${reason.member}`];
      return holdOf(gate === END_GATE ? null : gate, reason, look ? look.seenAt : reason.lastReadingAt, nowMs);
    }),
  );
}

/** @param seenAt when the member last answered: newer than what was known when the hold was recorded */
const holdOf = (gate: string | null, reason: HoldReason, seenAt: string | null, nowMs: number): Hold => ({
  gate,
  ...reason,
  lastReadingAt: seenAt,
  lastReadingAgeMs: ageOf(seenAt, nowMs),
});

/** Never negative: the prober's clock may be a little ahead of ours. */
const ageOf = (takenAt: string | null, nowMs: number): number | null =>
  takenAt === null ? null : Math.max(0, Math.round(nowMs - Date.parse(takenAt)));

function stepViewOf(
  folded: Folded,
  running: Running,
  frozen: FrozenStep,
  holds: readonly Hold[],
  nowMs: number,
): StepView {
  const state = running.steps[frozen.id] as StepState;
  const { id, target, executor, change, needs, rung, withinMs } = frozen;
  return {
    ...{ id, target, executor, change, needs, rung, withinMs },
    phase: state.phase,
    attempt: 'attempt' in state ? state.attempt : null,
    attemptOf: 'attempt' in state ? (own(running.resumedAfter, id) ?? 0) + policyOf(frozen).attempts : null,
    retryAt: state.phase === 'retry-later' ? state.retryAt : null,
    changed: 'changed' in state ? state.changed : null,
    overdue: state.phase === 'applied' && state.overdue,
    againSince: (state.phase === 'applied' && state.againSince) || null,
    found: state.phase === 'previewed' ? state.found : null,
    problem: problemOf(state),
    gateOpenedAt: own(folded.gates, id)?.openedAt ?? null,
    since: state.changedAt,
    scopes: frozen.scopes.map(({ scope, members }) =>
      scopeViewOf({ folded, frozen, state, scope, members, holds, nowMs }),
    ),
  };
}

function problemOf(state: StepState): StepView['problem'] {
  switch (state.phase) {
    case 'not-applied':
      return { code: state.code, message: state.message };
    case 'outcome-unknown':
      return { code: 'outcome-unknown', message: state.reason };
    case 'retry-later':
      return { code: 'retry-later', message: state.because };
    default:
      return null;
  }
}

interface ScopeFacts {
  readonly folded: Folded;
  readonly frozen: FrozenStep;
  readonly state: StepState;
  readonly scope: string;
  readonly members: readonly string[];
  readonly holds: readonly Hold[];
  readonly nowMs: number;
}

function scopeViewOf(facts: ScopeFacts): ScopeView {
  const { folded, frozen, state, scope, members } = facts;
  const shown = shownIn(state, scope);
  return {
    scope,
    ready: shown !== null,
    commandedAt: state.commandedAt ?? null,
    acceptedAt: state.acceptedAt ?? null,
    effectiveAt: shown?.effectiveAt ?? null,
    recordedAt: shown ? (folded.shownAt[`${frozen.id}/${scope}`] ?? null) : null,
    evidence: shown?.evidence ?? null,
    members: members.map((member) => memberViewOf(facts, member, shown)),
  };
}

const shownIn = (state: StepState, scope: string): ScopeShown | null =>
  state.phase === 'applied' || state.phase === 'ready'
    ? (state.shown.find((shown) => shown.scope === scope) ?? null)
    : null;

function memberViewOf(facts: ScopeFacts, member: string, shown: ScopeShown | null): MemberView {
  const { folded, frozen, scope, state, holds, nowMs } = facts;
  const look = folded.looks[`${frozen.id}/${scope}/${member}`];
  const hold = holds.find((one) => one.step === frozen.id && one.scope === scope && one.member === member);
  const lastReadingAt = look ? look.seenAt : (hold?.lastReadingAt ?? null);
  const seen = { member, lastReadingAt, lastReadingAgeMs: ageOf(lastReadingAt, nowMs) };
  // What was shown before stays while it is looked at once more, but a look that cannot see it comes first.
  if (shown && !(hold && state.phase === 'applied'))
    return { ...seen, state: 'ready', detail: null, since: shown.effectiveAt };
  if (hold) {
    const holdState = hold.verdict === 'inconclusive' ? 'unknown' : 'not-yet';
    return { ...seen, state: holdState, detail: `${hold.reason}: ${hold.detail}`, since: hold.since };
  }
  return { ...seen, state: state.phase === 'applied' ? 'looking' : 'waiting', detail: null, since: null };
}

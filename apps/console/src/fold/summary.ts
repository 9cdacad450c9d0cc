import { isOver, type SequenceStatus, type SequenceSummary } from '@causeway/console-api';
import type { HoldReason } from '@causeway/contracts';
import { END_GATE, type GateHold, type OpenSequence } from '@causeway/sequence-core';
import { type Folded } from './folded';

/** A sequence as stored: its fold, and what the list filters and shows without opening it. */
export interface SequenceRow {
  readonly folded: Folded;
  readonly status: SequenceStatus;
  readonly waitingFor: string | null;
  readonly waitingSince: string | null;
}

export function rowOf(folded: Folded): SequenceRow {
  const status = statusOf(folded);
  const held = folded.state.status === 'open' ? oldestHold(folded.state) : null;
  return { folded, status, waitingFor: held?.words ?? null, waitingSince: held?.since ?? null };
}

function statusOf({ state }: Folded): SequenceStatus {
  switch (state.status) {
    case 'absent':
      return 'submitted';
    case 'rejected':
      return 'rejected';
    case 'ended':
      return state.outcome;
    case 'open':
      return Object.keys(state.holds).length > 0 ? 'waiting' : 'running';
  }
}

/** The gate that has been held longest, in words: `flag waits for gateway in eu-west: gw-eu-1, gw-eu-2`. */
function oldestHold(state: OpenSequence): { words: string; since: string } | null {
  const held = Object.entries(state.holds).map(([gate, hold]) => ({ gate, hold, since: sinceOf(hold) }));
  const oldest = held.sort((a, b) => a.since.localeCompare(b.since))[0];
  return oldest ? { words: holdWords(oldest.gate, oldest.hold), since: oldest.since } : null;
}

const sinceOf = (hold: GateHold): string => hold.because.map(({ since }) => since).sort()[0] ?? hold.at;

/** One line that names everything a gate waits for, member by member. */
function holdWords(gate: string, hold: GateHold): string {
  return `${gate === END_GATE ? 'the end' : gate} waits for ${reasonWords(hold.because)}`;
}

const OWN_WORDS = {
  'not-begun': 'an operator to begin it',
  'out-of-sequence': "an operator's decision about what was done out of sequence",
  stopped: "an operator's decision about a step that was not applied",
  conflict: 'another sequence to leave its conflict keys',
} as const;
const hasOwnWords = (reason: HoldReason['reason']): reason is keyof typeof OWN_WORDS =>
  Object.hasOwn(OWN_WORDS, reason);

/** `gateway in eu-west: gw-eu-1, gw-eu-2; app` */
export function reasonWords(because: readonly HoldReason[]): string {
  const groups = new Map<string, string[]>();
  for (const { step, scope, member, reason } of because) {
    if (hasOwnWords(reason)) {
      groups.set(OWN_WORDS[reason], []);
      continue;
    }
    const group = scope === null ? step : `${step} in ${scope}`;
    groups.set(group, [...(groups.get(group) ?? []), ...(member === null ? [] : [member])]);
  }
  const parts = [...groups].map(([group, members]) => (members.length > 0 ? `${group}: ${members.join(', ')}` : group));
  return parts.join('; ');
}

/** Whether it noticed a mutation that its plan does not explain, or not then. */
const isDiverged = (state: Folded['state']): boolean =>
  (state.status === 'open' || state.status === 'ended') &&
  Object.values(state.mutations).some((noticed) => noticed.class !== 'expected');

/** One line of the list. */
export function summaryOf(row: SequenceRow): SequenceSummary {
  const { folded, status } = row;
  const { state, intent } = folded;
  const base = {
    id: folded.sequenceId,
    status,
    waitingFor: row.waitingFor,
    waitingSince: row.waitingSince,
    diverged: isDiverged(state),
  };
  if (state.status === 'open' || state.status === 'ended') {
    const { key, mode, publisher, requestedBy, plan, at } = state.acceptance;
    const endedAt = state.status === 'ended' ? state.endedAt : null;
    return { ...base, key, mode, plan: plan.metadata.name, publisher, requestedBy, startedAt: at, endedAt };
  }
  const rejection = state.status === 'rejected' ? state.rejection : null;
  return {
    ...base,
    key: intent?.key ?? rejection?.key ?? '',
    mode: intent?.mode ?? 'apply',
    plan: intent?.plan ?? '(no name)',
    publisher: intent?.publisher ?? rejection?.publisher ?? '',
    requestedBy: intent?.requestedBy ?? '',
    startedAt: intent?.at ?? null,
    endedAt: isOver(status) ? (rejection?.at ?? null) : null,
  };
}

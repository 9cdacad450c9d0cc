import type { AheadAtKey, HoldReason } from '@causeway/contracts';
import { own } from '../own';
import type { Unready } from '../readiness/verdict';
import type { Draft } from './decision';
import { mostNamed, named, shortened } from './named-reasons';
import { endSteps, isOperators, needsOfGate, stoppedSteps, undecided, waitsForOperator } from './order';
import { END_GATE, stepState, type GateHold, type NoticedMutation, type OpenSequence, type StepState } from './state';

/**
 * Closed gates and why. A hold is recorded when it begins and whenever its reasons change (another member, another cause),
 * not with every reading, and each reason keeps the moment since when it holds.
 * @param judged what was just found of steps that are not ready, by step id
 */
export function holdDependents(draft: Draft<OpenSequence>, judged: ReadonlyMap<string, readonly Unready[]>): void {
  for (const gate of gatesWaitingFor(draft.state, judged)) {
    const before = own(draft.state.holds, gate ?? END_GATE);
    const needs = needsOfGate(draft.state.acceptance.steps, gate);
    const left = needs.filter((need) => stepState(draft.state, need).phase !== 'ready');
    const groups = left.map((need) => judged.get(need) ?? otherReasons(draft.state, need, before));
    const most = mostNamed(draft.state.acceptance.steps, gate);
    holdGate(draft, gate, [...named(groups, most), ...operatorReasons(draft.state, gate)]);
  }
}

/** Holds every gate that could open later: nothing opens before an operator has decided. */
export function holdAll(draft: Draft<OpenSequence>): void {
  const gates = waitingSteps(draft.state);
  for (const gate of gates.length > 0 ? gates : [null]) holdForOperator(draft, gate);
}

/** Holds one gate until an operator decides, besides what else it is known to wait for. */
export function holdForOperator(draft: Draft<OpenSequence>, gate: string | null): void {
  if (!waitsForOperator(draft.state)) return;
  const before = own(draft.state.holds, gate ?? END_GATE)?.because ?? [];
  const still = before.filter((one) => !isOperators(one) && stepState(draft.state, one.step).phase !== 'ready');
  holdGate(draft, gate, [...still, ...operatorReasons(draft.state, gate)]);
}

/** Holds one gate until the sequences before this one have left its conflict keys. */
export function holdForConflict(draft: Draft<OpenSequence>, gate: string): void {
  const { claim } = draft.state;
  if (claim?.phase !== 'waiting') return;
  const most = shareOf(draft.state, MOST_KEYS_NAMED, MOST_KEYS_OF_GATE);
  const reasons = claim.behind.slice(0, most).map((ahead) => shortened(ofStep(gate, 'conflict', conflictWords(ahead))));
  holdGate(draft, gate, reasons, claim.since);
}

const conflictWords = ({ key, sequenceId, step }: AheadAtKey): string =>
  `sequence ${sequenceId}${step === null ? '' : ` (step ${step})`} comes first at ${key}`;

const waitingSteps = (state: OpenSequence): string[] =>
  state.acceptance.steps.map(({ id }) => id).filter((id) => stepState(state, id).phase === 'waiting');

/** Phases of a step whose gate has not opened yet for what is ordered next. */
const CLOSED: ReadonlySet<StepState['phase']> = new Set(['waiting', 'retry-later']);

/** Ids of such steps that need one of these, and null for the gate at the end. */
function gatesWaitingFor(state: OpenSequence, ids: ReadonlyMap<string, unknown>): (string | null)[] {
  const { steps } = state.acceptance;
  const waiting = steps.filter(
    ({ id, needs }) => CLOSED.has(stepState(state, id).phase) && needs.some((need) => ids.has(need)),
  );
  return [...waiting.map(({ id }) => id), ...(endSteps(steps).some((id) => ids.has(id)) ? [null] : [])];
}

function holdGate(
  draft: Draft<OpenSequence>,
  gate: string | null,
  reasons: readonly Unready[],
  newSince: string = draft.at,
): void {
  if (reasons.length === 0) return;
  const before = own(draft.state.holds, gate ?? END_GATE);
  const because = reasons.map((reason) => ({ ...reason, since: sinceOf(reason, before) ?? newSince }));
  if (before && sameReasons(before.because, because)) return;
  draft.add({ kind: 'gate-held', step: gate, because, at: draft.at });
}

/** What is known of a predecessor that was not judged just now: its newest reasons, or that it is not applied yet. */
function otherReasons(state: OpenSequence, need: string, before: GateHold | undefined): Unready[] {
  const known =
    before?.because.filter((one) => one.step === need && one.reason !== 'not-applied' && !isOperators(one)) ?? [];
  const { phase } = stepState(state, need);
  if (phase === 'applied') return [...known];
  const verdict = phase === 'outcome-unknown' ? 'inconclusive' : 'not-ready';
  return [ofStep(need, 'not-applied', `step ${need} is ${phase}`, verdict)];
}

const ofStep = (
  step: string,
  reason: Unready['reason'],
  detail: string,
  verdict: Unready['verdict'] = 'not-ready',
): Unready => ({ step, scope: null, member: null, verdict, reason, detail, lastReadingAt: null });

/**
 * Reasons of one decision, over all gates: a decision has to stay small. All mutations, all steps that stopped and who is before it at all
 * keys are in the state.
 */
const MOST_MUTATIONS_NAMED = 60;
const MOST_STOPPED_NAMED = 20;
const MOST_KEYS_NAMED = 400;
const MOST_KEYS_OF_GATE = 10;

/** Of each gate that waits; at least one. */
const shareOf = (state: OpenSequence, ofAll: number, ofGate = ofAll): number =>
  Math.max(1, Math.min(ofGate, Math.floor(ofAll / Math.max(1, waitingSteps(state).length))));

/** What only an operator can end. The end of the sequence has no step of its own: a last step stands for it. */
function operatorReasons(state: OpenSequence, gate: string | null): Unready[] {
  if (!waitsForOperator(state)) return [];
  const step = gate ?? (endSteps(state.acceptance.steps)[0] as string);
  const notBegun = state.begun ? [] : [ofStep(step, 'not-begun', 'the plan starts when an operator resumes it')];
  const stopped = stoppedSteps(state).slice(0, shareOf(state, MOST_STOPPED_NAMED));
  const mutations = undecided(state).slice(0, shareOf(state, MOST_MUTATIONS_NAMED));
  return [
    ...notBegun,
    ...stopped.map(([id, one]) => ofStep(id, 'stopped', stoppedWords(id, one))),
    ...mutations.map(([id, one]) => ofStep(step, 'out-of-sequence', nameOf(id, one))),
  ].map(shortened);
}

const nameOf = (id: string, { class: found, actor, detail }: NoticedMutation): string =>
  `mutation ${id} (${found}) by ${actor ?? 'somebody unknown'}: ${detail}`;

const stoppedWords = (
  id: string,
  { attempt, because }: { readonly attempt: number; readonly because: string },
): string => `step ${id} was not applied at attempt ${attempt}: ${because}`;

type Named = Pick<HoldReason, 'step' | 'scope' | 'member' | 'reason' | 'detail'>;

/** A reason's own detail may change while it holds; for these it is the detail that tells one from another. */
const TOLD_BY_DETAIL: ReadonlySet<string> = new Set<HoldReason['reason']>(['out-of-sequence', 'conflict']);
/** These are of a step as a whole; without a member the others say how many more there are. */
const OF_STEP: ReadonlySet<string> = new Set<HoldReason['reason']>(['not-applied', 'not-begun', 'stopped']);

const identity = ({ step, scope, member, reason, detail }: Named): string =>
  `${step}/${scope}/${member}/${reason}${TOLD_BY_DETAIL.has(reason) ? `/${detail}` : ''}`;

const told = (reason: Named): string =>
  reason.member === null && !OF_STEP.has(reason.reason) ? `${identity(reason)}/${reason.detail}` : identity(reason);

const sinceOf = (reason: Unready, before: GateHold | undefined): string | undefined =>
  before?.because.find((known) => identity(known) === identity(reason))?.since;

const sameReasons = (a: readonly HoldReason[], b: readonly HoldReason[]): boolean =>
  a.map(told).sort().join() === b.map(told).sort().join();

import type { EvolutionRecord, HoldReason } from '@causeway/contracts';
import { own } from '../own';
import { isOperators } from './order';
import { isLeftInPart } from './retry';
import { ABSENT, END_GATE, type OpenSequence, type SequenceState, type StepState, type StepTimes } from './state';

/**
 * Folds one fact into the state. Total over the facts `decide` makes; a fact that cannot follow the state is a broken
 * invariant and throws, since guessing on would make every later decision wrong.
 */
export function evolve(state: SequenceState, fact: EvolutionRecord): SequenceState {
  if (fact.kind === 'sequence-accepted') return accept(state, fact);
  if (fact.kind === 'intent-rejected') return { status: 'rejected', version: 1, rejection: fact };
  if (state.status === 'absent') throw new Error(`broken invariant: ${fact.kind} before the sequence was accepted`);
  const next = { ...state, version: state.version + 1 };
  if (next.status === 'rejected' || isOnlyTold(fact)) return next;
  return next.status === 'open' ? evolveOpen(next, fact) : next;
}

type OnlyTold = Extract<
  EvolutionRecord,
  { kind: 'intent-repeated' | 'input-refused' | 'duplicate-suspected' | 'step-settled' }
>;

/** Facts that change no state: they are there to be known. */
const ONLY_TOLD: ReadonlySet<string> = new Set<OnlyTold['kind']>([
  'intent-repeated',
  'input-refused',
  'duplicate-suspected',
  'step-settled',
]);
const isOnlyTold = (fact: EvolutionRecord): fact is OnlyTold => ONLY_TOLD.has(fact.kind);

/** Replays a whole stream. */
export const replay = (facts: readonly EvolutionRecord[]): SequenceState => facts.reduce(evolve, ABSENT);

function accept(state: SequenceState, fact: Extract<EvolutionRecord, { kind: 'sequence-accepted' }>): SequenceState {
  if (state.status !== 'absent') throw new Error('broken invariant: a sequence is accepted once');
  const waiting: StepState = { phase: 'waiting', changedAt: fact.at };
  const steps = Object.fromEntries(fact.steps.map(({ id }) => [id, waiting]));
  const begun = fact.mode === 'preview' || fact.plan.spec.start === 'at-once';
  return {
    ...{ status: 'open', version: 1, epoch: 1, acceptance: fact, steps, holds: {} },
    ...{ begun, aborting: false, claim: null, resumedAfter: {}, mutations: {} },
  };
}

type StepFact = Exclude<EvolutionRecord, OnlyTold | { kind: 'sequence-accepted' | 'intent-rejected' }>;

type SequenceFact = Extract<
  EvolutionRecord,
  {
    kind:
      | ('keys-awaited' | 'keys-taken' | 'gate-opened' | 'gate-held')
      | ('mutation-noticed' | 'sequence-resumed' | 'sequence-aborted' | 'sequence-ended');
  }
>;

function evolveOpen(state: OpenSequence, fact: StepFact): SequenceState {
  switch (fact.kind) {
    case 'keys-awaited':
    case 'keys-taken':
      return claimed(state, fact);
    case 'gate-opened':
      return { ...state, holds: without(state.holds, fact.step ?? END_GATE) };
    case 'gate-held':
      return { ...state, holds: { ...state.holds, [fact.step ?? END_GATE]: { at: fact.at, because: fact.because } } };
    case 'mutation-noticed':
      return { ...state, mutations: { ...state.mutations, [fact.mutation]: noticed(fact) } };
    case 'sequence-resumed':
      return resumed(state, fact);
    case 'sequence-aborted':
      return { ...state, aborting: true };
    case 'sequence-ended':
      return { ...state, status: 'ended', outcome: fact.outcome, endedAt: fact.at };
    default: {
      const before = own(state.steps, fact.step);
      if (!before) throw new Error(`broken invariant: ${fact.kind} of an unknown step ${fact.step}`);
      const steps = { ...state.steps, [fact.step]: evolveStep(before, fact) };
      return fact.kind === 'step-ready'
        ? { ...state, steps, holds: notHeldFor(fact.step, state) }
        : { ...state, steps };
    }
  }
}

/** Who waits for this step and for others waits for the others alone. */
const notHeldFor = (step: string, { holds }: OpenSequence): OpenSequence['holds'] =>
  holdsWith((reason) => isOperators(reason) || reason.step !== step, holds);

function holdsWith(keeps: (reason: HoldReason) => boolean, holds: OpenSequence['holds']): OpenSequence['holds'] {
  const left = Object.entries(holds).flatMap(([gate, { at, because }]) => {
    const still = because.filter(keeps);
    return still.length > 0 ? [[gate, { at, because: still }] as const] : [];
  });
  return Object.fromEntries(left);
}

/** The turn at which it asked stays: who waited keeps its place in line. */
function claimed(
  state: OpenSequence,
  fact: Extract<SequenceFact, { kind: 'keys-awaited' | 'keys-taken' }>,
): OpenSequence {
  const before = state.claim;
  if (before?.phase === 'held') throw new Error(`broken invariant: ${fact.kind} of a sequence that has its keys`);
  const turn = before?.turn ?? fact.turn;
  if (fact.kind === 'keys-taken') return { ...state, claim: { phase: 'held', turn, since: fact.at } };
  return { ...state, claim: { phase: 'waiting', turn, since: before?.since ?? fact.at, behind: fact.behind } };
}

function evolveStep(step: StepState, fact: Exclude<StepFact, SequenceFact>): StepState {
  const { commandedAt, acceptedAt, leftInPart } = step;
  const times: StepTimes = { changedAt: fact.at, commandedAt, acceptedAt, ...(leftInPart && { leftInPart }) };
  switch (fact.kind) {
    case 'step-commanded':
      return commanded(step, fact, times);
    case 'step-applied':
      return {
        ...times,
        acceptedAt: fact.acceptedAt,
        leftInPart: undefined,
        phase: 'applied',
        attempt: fact.attempt,
        changed: fact.changed,
        probeId: null,
        askedAt: null,
        shown: [],
        overdue: false,
      };
    case 'outcome-unknown':
      return { ...times, phase: 'outcome-unknown', ...unanswered(step, fact), lookUp: null };
    case 'step-not-applied':
      return notApplied(step, fact, times);
    case 'step-previewed':
      return { ...times, phase: 'previewed', found: fact.state };
    case 'probe-requested':
      return asked(step, fact, times);
    default:
      return evolveLook(step, fact, times);
  }
}

/** Who cites the command itself says that it was not answered; a look-up does not answer it either. */
function unanswered(
  step: StepState,
  { attempt, reason, result }: Extract<StepFact, { kind: 'outcome-unknown' }>,
): Pick<Extract<StepState, { phase: 'outcome-unknown' }>, 'attempt' | 'reason' | 'unanswered'> {
  if (step.phase === 'commanded' && step.command.digest === result)
    return { attempt, reason, unanswered: step.command };
  const before = step.phase === 'outcome-unknown' ? step.unanswered : undefined;
  return { attempt, reason, ...(before && { unanswered: before }) };
}

function notApplied(
  step: StepState,
  fact: Extract<StepFact, { kind: 'step-not-applied' }>,
  before: StepTimes,
): StepState {
  const { attempt, code, message } = fact;
  const times: StepTimes = { ...before, leftInPart: isLeftInPart(step, code) || undefined };
  return fact.final
    ? { ...times, phase: 'not-applied', attempt, code, message }
    : { ...times, phase: 'retry-later', attempt, because: message, retryAt: retryAt(fact) };
}

/** Records of releases that did not say when follow the rule of then. */
const retryAt = ({ at, attempt, retryAt: due }: Extract<StepFact, { kind: 'step-not-applied' }>): string | null =>
  due === undefined ? new Date(Date.parse(at) + 2_000 * attempt).toISOString() : due;

function commanded(
  step: StepState,
  fact: Extract<EvolutionRecord, { kind: 'step-commanded' }>,
  times: StepTimes,
): StepState {
  const command = { id: fact.commandId, digest: fact.commandDigest };
  if (fact.verb === 'look-up' && step.phase === 'outcome-unknown') return { ...step, ...times, lookUp: command };
  return { ...times, commandedAt: fact.at, phase: 'commanded', attempt: fact.attempt, command };
}

/** A step that was ready is not while it is looked at once more; what was shown of it stays until a look says otherwise. */
function asked(
  step: StepState,
  { kind, probeId, at: askedAt }: Extract<EvolutionRecord, { kind: 'probe-requested' }>,
  times: StepTimes,
): StepState {
  if (step.phase === 'applied') return { ...step, ...times, probeId, askedAt };
  if (step.phase !== 'ready') throw new Error(`broken invariant: ${kind} of a step that is ${step.phase}`);
  const { attempt, changed, shown } = step;
  const again = { probeId, askedAt, againSince: askedAt, overdue: false };
  return { ...times, phase: 'applied', attempt, changed, shown, ...again };
}

type LookFact = Extract<EvolutionRecord, { kind: 'scope-ready' | 'scope-withdrawn' | 'step-ready' | 'step-overdue' }>;

function evolveLook(step: StepState, fact: LookFact, times: StepTimes): StepState {
  if (step.phase !== 'applied') throw new Error(`broken invariant: ${fact.kind} of a step that is ${step.phase}`);
  switch (fact.kind) {
    case 'scope-ready':
      return { ...step, ...times, shown: [...step.shown, fact.shown] };
    case 'scope-withdrawn':
      return { ...step, ...times, shown: step.shown.filter(({ scope }) => scope !== fact.scope) };
    case 'step-overdue':
      return { ...step, ...times, overdue: true };
    case 'step-ready':
      return { ...times, ...readyNow(step, fact) };
  }
}

const readyNow = (
  { changed }: Extract<StepState, { phase: 'applied' }>,
  { attempt, scopes: shown, seenAfter }: Extract<EvolutionRecord, { kind: 'step-ready' }>,
) => ({ phase: 'ready', attempt, changed, shown, ...(seenAfter !== undefined && { seenAfter }) }) as const;

const noticed = ({ kind: _kind, mutation: _id, ...rest }: Extract<EvolutionRecord, { kind: 'mutation-noticed' }>) =>
  rest;

/** It is begun, no gate waits for an operator any more, and what had stopped is tried again. */
function resumed(state: OpenSequence, fact: Extract<SequenceFact, { kind: 'sequence-resumed' }>): OpenSequence {
  const holds = holdsWith((reason) => !isOperators(reason), state.holds);
  const mutations = accepted(state.mutations, fact.accepted);
  return { ...state, ...triedAgain(state, fact.at), begun: true, mutations, holds };
}

function triedAgain({ steps, resumedAfter }: OpenSequence, at: string): Pick<OpenSequence, 'steps' | 'resumedAfter'> {
  const stopped = Object.entries(steps).flatMap(([id, step]) =>
    step.phase === 'retry-later' && step.retryAt === null ? [[id, step] as const] : [],
  );
  return {
    steps: { ...steps, ...Object.fromEntries(stopped.map(([id, step]) => [id, { ...step, retryAt: at }])) },
    resumedAfter: { ...resumedAfter, ...Object.fromEntries(stopped.map(([id, { attempt }]) => [id, attempt])) },
  };
}

/** What was accepted holds nothing any more; that it happened stays. */
const accepted = (mutations: OpenSequence['mutations'], ids: readonly string[]): OpenSequence['mutations'] =>
  Object.fromEntries(
    Object.entries(mutations).map(([id, one]) => [id, ids.includes(id) ? { ...one, holds: false } : one]),
  );

function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  if (!Object.hasOwn(record, key)) return record;
  const { [key]: _gone, ...rest } = record;
  return rest;
}

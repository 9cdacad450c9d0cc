import type { HoldReason } from '@causeway/contracts';
import type { Unready } from '../readiness/verdict';
import { endSteps } from './advance';
import type { Draft } from './decision';
import { END_GATE, stepState, type GateHold, type OpenSequence } from './state';

/**
 * Closed gates and why. A hold is recorded when it begins and whenever its reasons change (another member, another cause),
 * not with every reading, and each reason keeps the moment since when it holds.
 */
export function holdDependents(draft: Draft<OpenSequence>, judged: string, reasons: readonly Unready[]): void {
  for (const gate of gatesWaitingFor(draft.state, judged)) holdGate(draft, gate, judged, reasons);
}

/** Ids of waiting steps that need this one, or null for the gate at the end. */
function gatesWaitingFor(state: OpenSequence, id: string): (string | null)[] {
  const dependents = state.acceptance.steps.filter(({ needs }) => needs.includes(id)).map((step) => step.id);
  return dependents.length > 0 ? dependents : [null];
}

const needsOf = (state: OpenSequence, gate: string | null): readonly string[] =>
  gate === null
    ? endSteps(state.acceptance.steps)
    : (state.acceptance.steps.find(({ id }) => id === gate)?.needs ?? []);

function holdGate(draft: Draft<OpenSequence>, gate: string | null, judged: string, reasons: readonly Unready[]): void {
  const before = draft.state.holds[gate ?? END_GATE];
  const others = needsOf(draft.state, gate).filter(
    (need) => need !== judged && stepState(draft.state, need).phase !== 'ready',
  );
  const all = [...others.flatMap((need) => otherReasons(draft.state, need, before)), ...reasons];
  const because = all.map((reason) => ({ ...reason, since: sinceOf(reason, before) ?? draft.at }));
  if (before && sameReasons(before.because, because)) return;
  draft.add({ kind: 'gate-held', step: gate, because, at: draft.at });
}

/** What is known of a predecessor that was not judged just now: its newest reasons, or that it is not applied yet. */
function otherReasons(state: OpenSequence, need: string, before: GateHold | undefined): Unready[] {
  const known = before?.because.filter(({ step, reason }) => step === need && reason !== 'not-applied') ?? [];
  const { phase } = stepState(state, need);
  if (phase === 'applied') return [...known];
  return [
    {
      step: need,
      scope: null,
      member: null,
      verdict: phase === 'outcome-unknown' ? 'inconclusive' : 'not-ready',
      reason: 'not-applied',
      detail: `step ${need} is ${phase}`,
      lastReadingAt: null,
    },
  ];
}

const identity = ({ step, scope, member, reason }: Pick<HoldReason, 'step' | 'scope' | 'member' | 'reason'>): string =>
  `${step}/${scope}/${member}/${reason}`;

const sinceOf = (reason: Unready, before: GateHold | undefined): string | undefined =>
  before?.because.find((known) => identity(known) === identity(reason))?.since;

const sameReasons = (a: readonly HoldReason[], b: readonly HoldReason[]): boolean =>
  a.map(identity).sort().join() === b.map(identity).sort().join();

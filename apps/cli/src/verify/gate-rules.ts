import { READING_TYPE, type ScopeShown } from '@causeway/contracts';
import { END_GATE, needsOfGate, validTogetherMs } from '@causeway/sequence-core';
import type { Account, Fact } from './account';
import { evidenceProblem, type Running } from './evidence';
import { Broken, type OrderFaultCode } from './order-fault';

/**
 * Takes the opening of a gate.
 * @throws Broken when it did not have to open
 */
export function openGate(account: Account, fact: Fact<'gate-opened'>): void {
  const { state } = account;
  if (state.status !== 'open')
    throw new Broken('record-does-not-fold', `a gate opened in a sequence that is ${state.status}`);
  const problem = missingNeed(state, fact) ?? firstEvidenceProblem(account, state, fact);
  if (problem) throw new Broken(problem.code, problem.message);
  account.opened.add(fact.step ?? END_GATE);
}

/** Each attempt has a gate of its own, where what shows its needs can grow too old. */
export function closeGate({ state, opened }: Account, step: string): void {
  if (state.status === 'open' && validForMs(state, step) > 0) opened.delete(step);
}

/** How old what shows the needs of a gate may be; 0: they do not age. */
function validForMs({ acceptance: { steps } }: Running, gate: string | null): number {
  const needs = needsOfGate(steps, gate);
  return validTogetherMs(steps.filter(({ id }) => needs.includes(id)));
}

type Problem = { readonly code: OrderFaultCode; readonly message: string } | null;

/** Every step that the gate waits for is cited, in each of its scopes. */
function missingNeed(state: Running, fact: Fact<'gate-opened'>): Problem {
  const cited = new Set(fact.evidence.flatMap(({ step, scopes }) => scopes.map(({ scope }) => `${step}/${scope}`)));
  const name = fact.step ?? 'the end';
  const { steps } = state.acceptance;
  for (const need of needsOfGate(steps, fact.step)) {
    const frozen = steps.find(({ id }) => id === need);
    const missing = frozen?.scopes.find(({ scope }) => !cited.has(`${need}/${scope}`));
    if (missing)
      return {
        code: 'gate-without-its-needs',
        message: `the gate of ${name} opened without evidence for ${need} in ${missing.scope}`,
      };
  }
  return null;
}

/** What it cites is true and shows it, then: it is not too old. */
function firstEvidenceProblem(account: Account, state: Running, fact: Fact<'gate-opened'>): Problem {
  const cited = fact.evidence.flatMap(({ step, scopes }) => scopes.map((shown) => ({ step, shown })));
  for (const judge of [evidenceProblem, ageProblem])
    for (const { step, shown } of cited) {
      const problem = judge(account, state, step, shown, fact);
      if (problem) return problem;
    }
  return null;
}

/**
 * Whether what a reading tells was seen longer before the gate opened than it may be, by the clock of whoever decided: what answers a
 * request was seen after it, and the reading says how long after. Never stricter than the sequencer (evidence-age.ts).
 */
function ageProblem(
  { evidence, probes }: Account,
  state: Running,
  step: string,
  { scope, evidence: cited }: ScopeShown,
  gate: Fact<'gate-opened'>,
): Problem {
  const mostMs = validForMs(state, gate.step);
  const message = evidence.get(cited);
  if (mostMs === 0 || message?.type !== READING_TYPE) return null;
  const sinceAskedMs = Date.parse(gate.at) - Date.parse(probes.get(step)?.at ?? '');
  const ageMs = sinceAskedMs - (message.data.sinceAskedMs ?? 0);
  if (sinceAskedMs >= 0 && ageMs <= mostMs) return null;
  const told = sinceAskedMs >= 0 ? `${ageMs} ms old` : 'of an age that cannot be told';
  const problem = `the evidence for ${step} in ${scope} was ${told} when the gate opened; it may be ${mostMs} ms old`;
  return { code: 'gate-evidence-expired', message: problem };
}

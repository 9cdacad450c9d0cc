import { END_GATE } from '@causeway/sequence-core';
import type { Account, Fact } from './account';
import { evidenceProblem, type Running } from './evidence';
import { Broken, type OrderFaultCode } from './order-fault';

const END = null;

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

type Problem = { readonly code: OrderFaultCode; readonly message: string } | null;

/** Every step that the gate waits for is cited, in each of its scopes. */
function missingNeed(state: Running, fact: Fact<'gate-opened'>): Problem {
  const cited = new Set(fact.evidence.flatMap(({ step, scopes }) => scopes.map(({ scope }) => `${step}/${scope}`)));
  const name = fact.step ?? 'the end';
  for (const need of needsOf(state, fact.step)) {
    const frozen = state.acceptance.steps.find(({ id }) => id === need);
    const missing = frozen?.scopes.find(({ scope }) => !cited.has(`${need}/${scope}`));
    if (missing)
      return {
        code: 'gate-without-its-needs',
        message: `the gate of ${name} opened without evidence for ${need} in ${missing.scope}`,
      };
  }
  return null;
}

function needsOf({ acceptance }: Running, gate: string | null): readonly string[] {
  if (gate !== END) return acceptance.steps.find(({ id }) => id === gate)?.needs ?? [];
  const needed = new Set(acceptance.steps.flatMap(({ needs }) => needs));
  return acceptance.steps.map(({ id }) => id).filter((id) => !needed.has(id));
}

function firstEvidenceProblem(account: Account, state: Running, fact: Fact<'gate-opened'>): Problem {
  for (const { step, scopes } of fact.evidence) {
    for (const shown of scopes) {
      const problem = evidenceProblem(account, state, step, shown);
      if (problem) return problem;
    }
  }
  return null;
}

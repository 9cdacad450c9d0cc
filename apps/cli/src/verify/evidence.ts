import {
  DECISION_TYPE,
  RESULT_TYPE,
  type DecisionMessage,
  type FrozenStep,
  type ReadingMessage,
  type Result,
  type ScopeShown,
} from '@causeway/contracts';
import { judgeRound, type OpenSequence, type EndedSequence } from '@causeway/sequence-core';
import type { Account } from './account';
import type { OrderFaultCode } from './order-fault';
import { strangeness } from './result-rules';

export type Running = OpenSequence | EndedSequence;
export type EvidenceMessage = ReadingMessage | Result | DecisionMessage;
export interface EvidenceProblem {
  readonly code: OrderFaultCode;
  readonly message: string;
}

/**
 * Whether a cited message really shows a scope of a step: it is in the ledger before the citation, answers the newest request for a
 * look (or command) of that step, and judged by the same rule as the sequencer's (judgeRound) it says ready.
 * @param account evidence is found by SHA-256 (hex) of the message's bytes, only among entries so far
 */
export function evidenceProblem(
  account: Account,
  running: Running,
  step: string,
  shown: ScopeShown,
): EvidenceProblem | null {
  const frozen = running.acceptance.steps.find(({ id }) => id === step);
  const place = `${step} in ${shown.scope}`;
  const message = account.evidence.get(shown.evidence);
  if (!frozen || !message) {
    return {
      code: 'gate-evidence-missing',
      message: `the evidence for ${place} (${shown.evidence}) is not in the ledger before it`,
    };
  }
  if (message.type === DECISION_TYPE) return decisionShows(message, step, frozen.rung, place);
  const strange =
    message.type === RESULT_TYPE ? strangeness(account, step, message) : unasked(account, running, frozen, message);
  if (strange) return { code: 'gate-evidence-of-another', message: `the evidence for ${place} is ${strange}` };
  if (message.type === RESULT_TYPE) return resultShows(message, frozen.rung, place);
  return readingShows(message, frozen, shown.scope, place);
}

/** Whether a reading answers another request than the newest for that step, and so may have been taken before the change. */
function unasked({ probes }: Account, { epoch }: Running, frozen: FrozenStep, { data }: ReadingMessage): string | null {
  if (data.step !== frozen.id || data.epoch !== epoch || data.target !== frozen.target)
    return `about step ${data.step} at ${data.target}`;
  const asked = probes.get(frozen.id);
  const isAsked = asked?.probeId === data.probeId && asked.attempt === data.attempt;
  return isAsked ? null : `a reading that does not answer the newest request: ${data.probeId}, attempt ${data.attempt}`;
}

function readingShows(
  { data }: ReadingMessage,
  frozen: FrozenStep,
  scope: string,
  place: string,
): EvidenceProblem | null {
  const verdict = judgeRound(frozen, data).find((one) => one.scope === scope);
  if (verdict?.ready) return null;
  const why = verdict?.reasons.map(({ member, detail }) => `${member}: ${detail}`).join('; ') ?? 'no such scope';
  return { code: 'gate-evidence-does-not-show', message: `the reading cited for ${place} does not show it: ${why}` };
}

/** A person's word shows no more than a result does. */
function decisionShows({ data }: DecisionMessage, step: string, rung: string, place: string): EvidenceProblem | null {
  const { settle } = data;
  if (settle?.step === step && settle.applied && rung === 'accepted') return null;
  const message = `the decision cited for ${place} does not settle it as applied, or the rung is ${rung}`;
  return { code: 'gate-evidence-does-not-show', message };
}

/** Only the rung `accepted` is shown by a result alone. */
function resultShows({ data }: Result, rung: string, place: string): EvidenceProblem | null {
  const { outcome } = data;
  const applied = outcome.kind === 'applied' || (outcome.kind === 'looked-up' && outcome.state === 'in-effect');
  if (applied && rung === 'accepted') return null;
  return {
    code: 'gate-evidence-does-not-show',
    message: `the result cited for ${place} says ${outcome.kind}; the rung is ${rung}`,
  };
}

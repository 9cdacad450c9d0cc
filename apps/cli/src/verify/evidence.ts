import {
  DECISION_TYPE,
  READING_TYPE,
  RESULT_TYPE,
  type DecisionMessage,
  type ReadingMessage,
  type Result,
  type ScopeShown,
} from '@causeway/contracts';
import { judgeRound, type OpenSequence, type EndedSequence } from '@causeway/sequence-core';
import type { OrderFaultCode } from './order-fault';

export type Running = OpenSequence | EndedSequence;
export type EvidenceMessage = ReadingMessage | Result | DecisionMessage;
export interface EvidenceProblem {
  readonly code: OrderFaultCode;
  readonly message: string;
}

/**
 * Whether a cited message really shows a scope of a step: it is in the ledger before the citation, is about that step and attempt, and
 * judged by the same rule as the sequencer's (judgeRound) it says ready.
 * @param find by SHA-256 (hex) of the message's bytes, only among entries so far
 */
export function evidenceProblem(
  running: Running,
  step: string,
  shown: ScopeShown,
  find: (digest: string) => EvidenceMessage | undefined,
): EvidenceProblem | null {
  const frozen = running.acceptance.steps.find(({ id }) => id === step);
  const place = `${step} in ${shown.scope}`;
  const message = find(shown.evidence);
  if (!frozen || !message) {
    return {
      code: 'gate-evidence-missing',
      message: `the evidence for ${place} (${shown.evidence}) is not in the ledger before it`,
    };
  }
  if (message.type === DECISION_TYPE) return decisionShows(message, step, frozen.rung, place);
  const { data } = message;
  if (data.step !== step || data.epoch !== running.epoch || data.target !== frozen.target) {
    return { code: 'gate-evidence-of-another', message: `the evidence for ${place} is about step ${data.step}` };
  }
  if (message.type === RESULT_TYPE) return resultShows(message, frozen.rung, place);
  const verdict = judgeRound(frozen, message.data).find(({ scope }) => scope === shown.scope);
  if (message.type === READING_TYPE && verdict?.ready) return null;
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

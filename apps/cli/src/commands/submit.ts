import type { SubmittedIntent } from '@causeway/console-api';
import { CliFailure, EXIT } from '../exit-codes';
import { ProblemFailure } from '../client/console-client';
import type { Session } from '../session';
import type { PlanInput } from './plan-input';

/** Submits a plan under a key. What the server finds wrong with it is told with its places. */
export async function submit(
  session: Session,
  plan: PlanInput,
  mode: 'apply' | 'preview',
  key: string,
): Promise<SubmittedIntent> {
  try {
    return await session.client.post<SubmittedIntent>(
      '/v1/intents',
      { plan: plan.document, mode },
      { 'idempotency-key': key },
    );
  } catch (error) {
    if (error instanceof ProblemFailure && error.problem.errors) throw withPlaces(error);
    throw error;
  }
}

function withPlaces({ problem }: ProblemFailure): CliFailure {
  const lines = (problem.errors ?? []).map(({ pointer, message }) => `  ${pointer}: ${message}`);
  return new CliFailure(EXIT.badInput, [problem.detail, ...lines].join('\n'));
}

/** The same plan at another moment is another sequence; the digest in it ties key and plan together for a reader. */
export const defaultKey = (plan: PlanInput, nowMs: number): string =>
  `${plan.name}-${plan.digest.slice(0, 12)}-${new Date(nowMs).toISOString().replace(/[-:.]/g, '')}`;

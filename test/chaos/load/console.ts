import { setTimeout as pause } from 'node:timers/promises';
import type { PlanDocument } from '@causeway/contracts';
import type { SubmittedIntent } from '@causeway/console-api';

const AGAIN_AFTER_MS = 250;
const ANSWER_WITHIN_MS = 6_000;

/** What may be asked again with the same key: no answer, or "not now". */
const isForLater = (status: number): boolean => status === 429 || status >= 500;

/** The console over HTTP as a careful client: what has no answer is asked again under its key. */
export class ConsoleClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly isOver: () => boolean,
  ) {}

  /** Resolves once it is acknowledged (202) with the id of its sequence; null when the run is over before. */
  async submit(plan: PlanDocument, key: string, mode: 'apply' | 'preview' = 'apply'): Promise<string | null> {
    const answer = await this.post('/v1/intents', key, { plan, mode });
    return answer && ((await answer.json()) as SubmittedIntent).sequenceId;
  }

  /** As an operator: whether a step took effect. False when the run is over before. */
  async settle(sequenceId: string, step: string, applied: boolean, key: string): Promise<boolean> {
    const decision = { verb: 'settle', settle: { step, applied }, reason: 'as the journal of the system says' };
    return (await this.post(`/v1/sequences/${sequenceId}/decisions`, key, decision)) !== null;
  }

  private async post(path: string, key: string, body: object): Promise<Response | null> {
    while (!this.isOver()) {
      const answer = await this.ask(path, key, body).catch(() => null);
      if (answer?.ok) return answer;
      // 404 and 409: the console has not read so far yet.
      if (answer && !isForLater(answer.status) && ![404, 409].includes(answer.status))
        throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
      await pause(AGAIN_AFTER_MS);
    }
    return null;
  }

  private ask(path: string, key: string, body: object): Promise<Response> {
    return fetch(this.url + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        authorization: `Bearer ${this.token}`,
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  }
}

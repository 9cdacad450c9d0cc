import { setTimeout as pause } from 'node:timers/promises';

const ASK_EVERY_MS = 500;
const ANSWER_WITHIN_MS = 3_000;

/**
 * Somebody who asks the console for its newest sequences all the time. Its own messages come only with what it is asked to do, so
 * whether it is at work again is told by its answers.
 */
export class Pulse {
  private stopped = false;
  private asking: Promise<void> | null = null;

  constructor(
    private readonly options: { readonly url: string; readonly token: string; answered(askedAt: number): void },
  ) {}

  start(): void {
    this.asking = this.ask();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.asking;
  }

  private async ask(): Promise<void> {
    const { url, token, answered } = this.options;
    while (!this.stopped) {
      const askedAt = Date.now();
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      const init = { headers: { authorization: `Bearer ${token}` }, signal };
      const isAnswered = await fetch(`${url}/v1/sequences?limit=1`, init).then(
        async (answer) => (await answer.text()) !== '' && answer.ok,
        () => false,
      );
      if (isAnswered) answered(askedAt);
      await pause(ASK_EVERY_MS);
    }
  }
}

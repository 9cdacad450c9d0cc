import { once } from 'node:events';
import type { ConsoleResponse } from './http';

/** How long a client waits before it comes back, milliseconds. */
const RETRY_MS = 2_000;

/** Server-sent events (WHATWG HTML, section 9.2), with back-pressure: a send resolves when the socket takes more. */
export class EventStream {
  constructor(private readonly response: ConsoleResponse) {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
  }

  send(event: string, id: string, data: unknown): Promise<void> {
    return this.write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** A comment: keeps proxies from closing a quiet stream, and finds out that the client is gone. */
  heartbeat(): Promise<void> {
    return this.write(': still here\n\n');
  }

  private async write(text: string): Promise<void> {
    if (this.response.destroyed || this.response.write(text)) return;
    await Promise.race([once(this.response, 'drain'), once(this.response, 'close')]);
  }
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is answered to a request: a text as it is, all else as JSON; null: the connection is cut without a word. */
export type StubAnswer = (url: URL, request: IncomingMessage, response: ServerResponse) => unknown;

/** A server in the place of a console, which says whatever a spec lets it say. */
export class StubConsole {
  /** Paths with their queries, in the order in which they were asked. */
  readonly asked: string[] = [];

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly url: string,
  ) {}

  static async start(answer: StubAnswer): Promise<StubConsole> {
    const server = createServer((request, response) => {
      const path = request.url ?? '/';
      stub.asked.push(path);
      const body = answer(new URL(path, stub.url), request, response);
      if (body === null) request.socket.destroy();
      else response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const stub = new StubConsole(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return stub;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}

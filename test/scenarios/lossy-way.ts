import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A way to a system on which one answer can be lost: the system has done what it was asked, and whoever asked does not learn it.
 * Everything else passes as it is.
 */
export class LossyWay {
  private lose: { readonly method: string; lost(): void } | null = null;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async to(target: string): Promise<LossyWay> {
    let way: LossyWay | null = null;
    const server = createServer((asked, answer) => way?.pass(new URL(asked.url ?? '/', target), asked, answer));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    way = new LossyWay(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return way;
  }

  /** Resolves when the next request of this method has been carried out, and its answer kept back for good. */
  loseAnswerTo(method: string): Promise<void> {
    return new Promise((lost) => (this.lose = { method, lost }));
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private pass(url: URL, asked: IncomingMessage, answer: ServerResponse): void {
    const onward = request(url, { method: asked.method, headers: asked.headers }, (answered) => {
      const { lose } = this;
      if (lose && lose.method === asked.method) {
        this.lose = null;
        answered.resume().once('end', lose.lost);
        return;
      }
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    onward.once('error', () => answer.destroy());
    asked.pipe(onward);
  }
}

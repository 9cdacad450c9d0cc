import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

interface CutLineOptions {
  /** Base address of the real system. */
  readonly to: string;
  isWrite(method: string, path: string): boolean;
  /** After so many writes it is cut. */
  readonly writes: number;
  /** What meets every later call: 403, or nobody who listens. */
  readonly how: 'refused' | 'unreachable';
}

/**
 * A way over HTTP to a real system that is cut once the system has taken the last write; that write is still answered. It ends with
 * the process that opened it and keeps nobody waiting.
 */
export class CutLine {
  private written = 0;
  private readonly server: Server;

  private constructor(private readonly options: CutLineOptions) {
    this.server = createServer((asked, answer) => void this.pass(asked, answer).catch(() => answer.destroy()));
  }

  static async open(options: CutLineOptions): Promise<CutLine> {
    const line = new CutLine(options);
    await new Promise<void>((resolve) => line.server.listen(0, '127.0.0.1', resolve));
    line.server.unref();
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private async pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    if (this.written >= this.options.writes) {
      answer.writeHead(403, { connection: 'close' }).end('not permitted any more');
      return;
    }
    const { status, headers, body } = await forwarded(asked, this.options.to);
    if (this.options.isWrite(asked.method ?? '', asked.url ?? '')) this.written++;
    if (this.written >= this.options.writes && this.options.how === 'unreachable') this.server.close();
    // No connection is kept: one that is would carry the next call past the closed port.
    answer.writeHead(status, { ...headers, connection: 'close' }).end(body);
  }
}

const OF_THE_CONNECTION = ['host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'trailer'];

const without = (headers: Record<string, string | string[] | undefined>): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || OF_THE_CONNECTION.includes(name.toLowerCase()) ? [] : [[name, value]],
    ),
  );

/** Trailers come as headers, as readers of both take them. */
async function forwarded(asked: IncomingMessage, to: string) {
  const chunks: Buffer[] = [];
  for await (const chunk of asked) chunks.push(chunk as Buffer);
  const own = asked.headers.origin === undefined ? {} : { origin: new URL(to).origin };
  const { statusCode, headers, trailers, body } = await request(`${to}${asked.url}`, {
    method: asked.method as 'GET',
    headers: { ...without(asked.headers), ...own },
    body: chunks.length > 0 ? Buffer.concat(chunks) : null,
    reset: true,
  });
  const bytes = Buffer.from(await body.arrayBuffer());
  return { status: statusCode, headers: without({ ...headers, ...trailers }), body: bytes };
}

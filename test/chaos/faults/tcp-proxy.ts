import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * - `pass` everything
 * - `swallow`: what is asked arrives, its answers do not
 * - `black-hole`: nothing arrives on either side, and the connections stay
 */
export type ProxyMode = 'pass' | 'swallow' | 'black-hole';

/** A way to a server on which answers, or everything, can be lost while the connections stand. */
export class TcpProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private mode: ProxyMode = 'pass';

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** @param port where it leads; there need not be anybody yet */
  static async to(port: number): Promise<TcpProxy> {
    let made: TcpProxy | null = null;
    const server = createServer((client) => made?.join(client, port));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    made = new TcpProxy(server, (server.address() as AddressInfo).port);
    return made;
  }

  /** Back to `pass` all connections that lost something end: what was lost does not come after all. */
  turn(mode: ProxyMode): void {
    if (mode === 'pass' && this.mode !== 'pass') this.endConnections();
    this.mode = mode;
  }

  async stop(): Promise<void> {
    this.endConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private endConnections(): void {
    for (const [client, server] of this.pairs) {
      client.destroy();
      server.destroy();
    }
  }

  private join(client: Socket, port: number): void {
    const server = connect(port, '127.0.0.1');
    const pair = [client, server] as const;
    this.pairs.add(pair);
    const end = (): void => {
      this.pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of pair) socket.setNoDelay(true).on('error', end).on('close', end);
    client.on('data', (bytes) => this.mode !== 'black-hole' && server.write(bytes));
    server.on('data', (bytes) => this.mode === 'pass' && client.write(bytes));
  }
}

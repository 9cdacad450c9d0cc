interface Client {
  disconnect(): Promise<unknown>;
}

/** A connected client that all calls share, made when one is asked for. Whoever it failed discards it, and the next call makes another. */
export class OneClient<C extends Client> {
  private current: Promise<C> | null = null;

  constructor(private readonly connect: () => Promise<C>) {}

  get(): Promise<C> {
    this.current ??= this.connect();
    return this.current;
  }

  /** Ends it, in the background: it may hang on its dead connection (trap K10). A newer one, made after another call's failure, stays. */
  discard(client: Promise<C>): void {
    if (this.current !== client) return;
    this.current = null;
    client.then((connected) => connected.disconnect()).catch(() => undefined);
  }

  /** Resolves when the current one, if any, is disconnected. */
  async close(): Promise<void> {
    const client = this.current;
    this.current = null;
    await (await client)?.disconnect();
  }
}

import type { ServiceName } from '../faults/points';

/** A kill whose service has not been seen at work again. */
interface Waiting {
  readonly name: string;
  readonly at: number;
}

export interface Recovered extends Waiting {
  readonly service: ServiceName;
  readonly ms: number;
}

/**
 * From each kill until the work of the killed service goes on. What counts: the first entry of the ledger that the service made
 * after the kill (its message's own time; of the ledger: the entry's), as it arrives on the ledger's topic. So it holds the whole way from the service to the ledger's reader, with
 * whatever else is down at that time. A service that is killed again before counts from its last kill.
 */
export class RecoveryClock {
  private readonly waiting = new Map<string, Waiting>();
  readonly recovered: Recovered[] = [];
  /** Kills that another kill of the same process followed before its work went on. */
  superseded = 0;

  killed(name: string, at: number): void {
    if (this.waiting.has(name)) this.superseded++;
    this.waiting.set(name, { name, at });
  }

  /** The service did something at `madeAt` (Unix ms), and it is known by now. */
  worked(service: ServiceName, madeAt: number, now: number): void {
    for (const one of this.waiting.values()) {
      const isOfIt = one.name === service || one.name === `${service}-2`;
      if (!isOfIt || madeAt <= one.at) continue;
      this.waiting.delete(one.name);
      this.recovered.push({ ...one, service, ms: now - one.at });
    }
  }

  /** Processes that were killed and whose service is not at work again. */
  missing(): Waiting[] {
    return [...this.waiting.values()];
  }
}

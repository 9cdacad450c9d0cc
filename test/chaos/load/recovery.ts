import type { ServiceName } from '../faults/points';

/** A kill whose service has not been seen at work again. */
interface Waiting {
  readonly name: string;
  readonly at: number;
  /** Something else was down or held up meanwhile: it says nothing about the service. */
  disturbed: boolean;
}

export interface Recovered extends Waiting {
  readonly service: ServiceName;
  readonly ms: number;
}

/**
 * From each kill until the work of the killed service goes on. What counts: the first entry of the ledger that the service made after
 * the kill (its message's own time; of the ledger: the entry's), when it arrives on the ledger's topic; of the console: the first
 * answer to what it was asked after the kill. So it holds the whole way from the service to the ledger's reader, with whatever else is down
 * at that time. A process that is killed again before counts from its last kill. Of a pair, the other one's work counts: that is what it is for.
 */
export class RecoveryClock {
  private readonly waiting = new Map<string, Waiting>();
  readonly recovered: Recovered[] = [];
  /** Kills that another kill of the same process followed before its work went on. */
  superseded = 0;

  killed(name: string, at: number, disturbed: boolean): void {
    if (this.waiting.has(name)) this.superseded++;
    this.waiting.set(name, { name, at, disturbed });
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

  /** From now on another fault is under way. */
  disturb(): void {
    for (const one of this.waiting.values()) one.disturbed = true;
  }

  /** Processes that were killed and whose service is not at work again. */
  missing(): Waiting[] {
    return [...this.waiting.values()];
  }
}

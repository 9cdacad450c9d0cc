/** One batch on its way through the handlers. */
export interface Ticket {
  /** Offset after the batch's last one. */
  readonly next: string;
  readonly messages: number;
  readonly bytes: number;
  done: boolean;
}

/**
 * Where one partition may be committed to: batches are accepted in any order, the position moves over the finished front
 * only.
 */
export class OffsetTracker {
  private readonly tickets: Ticket[] = [];
  private messages = 0;
  private bytes = 0;
  /** Offset after all that was handed over. */
  private next = 0n;
  /** Offset to commit, or null when nothing new is accepted since the last call of `committed`. */
  private reached: string | null = null;

  /** Behind what was handed over already: nobody sought it there. */
  isBehind(offset: string | null): boolean {
    return offset !== null && BigInt(offset) < this.next;
  }

  begin(lastOffset: string, messages: number, bytes: number): Ticket {
    this.next = BigInt(lastOffset) + 1n;
    const ticket = { next: this.next.toString(), messages, bytes, done: false };
    this.tickets.push(ticket);
    this.messages += messages;
    this.bytes += bytes;
    return ticket;
  }

  finish(ticket: Ticket): void {
    ticket.done = true;
    while (this.tickets[0]?.done) {
      const { next, messages, bytes } = this.tickets.shift() as Ticket;
      this.reached = next;
      this.messages -= messages;
      this.bytes -= bytes;
    }
  }

  toCommit(): string | null {
    return this.reached;
  }

  committed(offset: string): void {
    if (this.reached === offset) this.reached = null;
  }

  inFlight(): { readonly messages: number; readonly bytes: number } {
    return { messages: this.messages, bytes: this.bytes };
  }
}

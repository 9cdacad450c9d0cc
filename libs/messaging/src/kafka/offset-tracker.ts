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
  /** Offset to commit, or null when nothing new is accepted since the last call of `committed`. */
  private reached: string | null = null;

  begin(lastOffset: string, messages: number, bytes: number): Ticket {
    const ticket = { next: (BigInt(lastOffset) + 1n).toString(), messages, bytes, done: false };
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

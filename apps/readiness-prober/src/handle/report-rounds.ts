import type { Draft, Log, OutboxStore, Relay, Sealed } from '@causeway/messaging';
import { isRetriable, type Database, type Tx } from '@causeway/persistence';
import { noteRounds } from '../store/open-probes';
import { GroupCommit } from './group-commit';
import { readingDraft, type Round } from './open-probe';

export interface ReportPorts {
  readonly database: Database;
  readonly outbox: OutboxStore<Tx>;
  readonly relay: Pick<Relay, 'enqueue' | 'waiting'>;
  readonly log: Log;
  seal(drafts: readonly Draft[]): Sealed[];
}

const BACKOFF_MS = { first: 200, most: 5_000 };

/** Readings that wait for the broker. With more than these, looks go on and rounds wait: old rounds help nobody. */
const MOST_WAITING = 2_000;

interface Reported {
  readonly round: Round;
  open: boolean;
}

/**
 * Writes rounds down: what many probes have to say at the same time is one transaction, one signature and one send. A round
 * that cannot be written is tried until it is, and its probe says nothing newer before: what waits is bounded by the probes.
 */
export class RoundReporter {
  private readonly commits = new GroupCommit<Reported>({ commit: (items) => this.commitUntilDone(items) });
  private readonly stopping = new AbortController();

  constructor(private readonly ports: ReportPorts) {}

  /** Resolves once the round is durable: whether its probe was still open. False when this prober stops first. */
  async report(round: Round): Promise<boolean> {
    const reported: Reported = { round, open: false };
    await this.commits.submit([reported]);
    return reported.open;
  }

  /** No new tries. Resolves when what was under way has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.commits.idle();
  }

  private async commitUntilDone(items: readonly Reported[]): Promise<void> {
    let backoff = BACKOFF_MS.first;
    while (!this.stopping.signal.aborted) {
      if (this.ports.relay.waiting() <= MOST_WAITING) {
        const error = await this.tried(items);
        if (!error) return;
        this.ports.log.warn({ rounds: items.length }, `readings not written, again in ${backoff} ms: ${error.message}`);
      }
      await new Promise((resolve) => setTimeout(resolve, backoff));
      backoff = Math.min(backoff * 2, BACKOFF_MS.most);
    }
  }

  /** The database's failure, or null. A defect of ours is thrown: unhandled, it ends the process. */
  private async tried(items: readonly Reported[]): Promise<Error | null> {
    try {
      await this.commit(items);
      return null;
    } catch (error) {
      if (error instanceof Error && isRetriable(error)) return error;
      throw error;
    }
  }

  private async commit(items: readonly Reported[]): Promise<void> {
    const { database, outbox, relay, seal } = this.ports;
    const { open, rows } = await database.transaction(async (tx) => {
      const open = await noteRounds(
        tx,
        items.map(({ round }) => round),
      );
      const drafts = items.filter(({ round }) => open.has(round.probe.probeId)).map(({ round }) => readingDraft(round));
      return { open, rows: await outbox.insert(tx, drafts.length > 0 ? seal(drafts) : []) };
    });
    relay.enqueue(rows);
    for (const item of items) item.open = open.has(item.round.probe.probeId);
  }
}

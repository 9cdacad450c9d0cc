import type { Draft, Log, OutboxStore, Relay, Sealed } from '@causeway/messaging';
import { isRetriable, type Database, type Tx } from '@causeway/persistence';
import { noteRounds } from '../store/open-probes';
import { GroupCommit } from './group-commit';
import { readingDraft, type Round } from './open-probe';

export interface ReportPorts {
  readonly database: Database;
  readonly outbox: OutboxStore<Tx>;
  readonly relay: Pick<Relay, 'enqueue'>;
  readonly log: Log;
  seal(drafts: readonly Draft[]): Sealed[];
}

const BACKOFF_MS = { first: 200, most: 5_000 };

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
    for (
      let backoff = BACKOFF_MS.first;
      !this.stopping.signal.aborted;
      backoff = Math.min(backoff * 2, BACKOFF_MS.most)
    ) {
      try {
        return await this.commit(items);
      } catch (error) {
        // A defect of ours, not a failure of the database: unhandled, it ends the process.
        if (!isRetriable(error)) throw error;
        this.ports.log.warn({ rounds: items.length }, `readings not written, again in ${backoff} ms: ${String(error)}`);
        await new Promise((resolve) => setTimeout(resolve, backoff));
      }
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

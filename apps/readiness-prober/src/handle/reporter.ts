import type { Draft, Log, OutboxStore, Relay, Sealed } from '@causeway/messaging';
import { isRetriable, type Attempt, type Database, type Tx } from '@causeway/persistence';
import { readingDraft, type Round } from '../probe/open-probe';
import { noteRounds } from '../store/open-probes';
import { noteSightings } from '../store/open-watches';
import { sightingDraft, type Sighted } from '../watch/open-watch';
import { GroupCommit } from './group-commit';

export interface ReportPorts {
  readonly database: Database;
  readonly outbox: OutboxStore<Tx>;
  readonly relay: Pick<Relay, 'enqueue' | 'waiting'>;
  readonly log: Log;
  /** Throws when another prober has taken this one's place: then nothing of the transaction may stay. */
  mustHold(tx: Tx, attempt: Attempt): Promise<void>;
  seal(drafts: readonly Draft[]): Sealed[];
}

/** What was seen, by an open probe or an open watch. */
export type Report = Round | Sighted;

const BACKOFF_MS = { first: 200, most: 5_000 };

/** Messages that wait for the broker. With more than these, looks go on and reports wait: memory is bounded. */
const MOST_WAITING = 2_000;

interface Reported {
  readonly report: Report;
  open: boolean;
}

/**
 * Writes reports down: what many probes and watches have to say at the same time is one transaction, one signature and one
 * send. A report that cannot be written is tried until it is, and who made it says nothing newer before: what waits is bounded.
 */
export class Reporter {
  private readonly commits = new GroupCommit<Reported>({ commit: (items) => this.commitUntilDone(items) });
  private readonly stopping = new AbortController();

  constructor(private readonly ports: ReportPorts) {}

  /** Resolves once it is durable: whether its probe or watch was still open. False when this prober stops first. */
  async report(report: Report): Promise<boolean> {
    const reported: Reported = { report, open: false };
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
        this.ports.log.warn({ reports: items.length }, `not written, again in ${backoff} ms: ${error.message}`);
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
    const { database, outbox, relay, seal, mustHold } = this.ports;
    const reports = items.map(({ report }) => report);
    const { open, rows } = await database.transaction(async (tx) => {
      const [open] = await Promise.all([noteReports(tx, reports), mustHold(tx, attemptOf(reports))]);
      const drafts = reports.filter((report) => open.has(idOf(report))).map(draftOf);
      return { open, rows: await outbox.insert(tx, drafts.length > 0 ? seal(drafts) : []) };
    });
    relay.enqueue(rows);
    for (const item of items) item.open = open.has(idOf(item.report));
  }
}

/** The ids of those that were open. */
async function noteReports(tx: Tx, reports: readonly Report[]): Promise<Set<string>> {
  const noted = await Promise.all([
    noteRounds(
      tx,
      reports.filter((report) => report.kind === 'round'),
    ),
    noteSightings(
      tx,
      reports.filter((report) => report.kind === 'sighted'),
    ),
  ]);
  return new Set(noted.flat());
}

const attemptOf = (reports: readonly Report[]): Attempt => ({ tried: 'report', sequenceIds: reports.map(sequenceOf) });
const sequenceOf = (report: Report): string =>
  report.kind === 'round' ? report.probe.request.sequenceId : report.watch.request.sequenceId;
const idOf = (report: Report): string => (report.kind === 'round' ? report.probe.probeId : report.watch.watchId);
const draftOf = (report: Report): Draft => (report.kind === 'round' ? readingDraft(report) : sightingDraft(report));

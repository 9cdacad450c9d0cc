import { RESULT_TYPE, topicNames, type RefusalData, type ResultData } from '@causeway/contracts';
import {
  refusalDraft,
  seal,
  type Draft,
  type OutboxRow,
  type OutboxStore,
  type Sealed,
  type SealOptions,
} from '@causeway/messaging';
import { inTurn, isRetriable, type Database, type Tx } from '@causeway/persistence';
import type { Claim } from './claim';
import type { ClaimStore } from './claim-store';
import type { Answered } from './worker';

export interface ResultWriterOptions {
  readonly database: Database;
  readonly claims: ClaimStore;
  readonly outbox: OutboxStore<Tx>;
  readonly sealing: SealOptions;
  /** Rows of a committed transaction, to be sent. */
  enqueue(rows: readonly OutboxRow[]): void;
  /** The claim is answered, or was no longer ours. */
  onSettled(answered: Answered, written: boolean): void;
  onFailure(error: unknown): void;
  /** Cannot be repeated: the process has to end. */
  onFatal(error: Error): void;
}

/** Most results of one transaction. */
const BATCH = 500;
/** A flush of this size means load: the next one waits a moment for more, milliseconds. */
const LOADED = { results: 32, lingerMs: 2 };
const BACKOFF_MS = { first: 50, most: 2_000 };

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Group commit of results.
 *
 * 1. A result is in the outbox exactly when its claim is gone: one transaction.
 * 2. A claim that is another's by now leaves no result, since its new holder answers, and a word that it was refused.
 * 3. Little in flight: written at once. Much: what comes within about 2 ms goes together.
 */
export class ResultWriter {
  private queue: Answered[] = [];
  private writing: Promise<void> | null = null;

  constructor(private readonly options: ResultWriterOptions) {}

  add(answered: Answered): void {
    this.queue.push(answered);
    this.writing ??= this.writeAll().finally(() => {
      this.writing = null;
    });
  }

  /** Resolves once nothing waits to be written, or after so long. */
  async drain(graceMs: number): Promise<void> {
    const deadline = performance.now() + graceMs;
    while (this.writing && performance.now() < deadline) await Promise.race([this.writing, pause(50)]);
  }

  private async writeAll(): Promise<void> {
    // Results that are answered in the same turn of the event loop belong into the same transaction.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0, BATCH);
      if (!(await this.writeUntilDone(batch))) return;
      if (batch.length >= LOADED.results) await pause(LOADED.lingerMs);
    }
  }

  private async writeUntilDone(batch: readonly Answered[]): Promise<boolean> {
    const sealed = seal(batch.map(draftOf), this.options.sealing);
    for (let backoff = BACKOFF_MS.first; ; backoff = Math.min(backoff * 2, BACKOFF_MS.most)) {
      try {
        await this.write(batch, sealed, backoff === BACKOFF_MS.first);
        return true;
      } catch (error) {
        if (!isRetriable(error)) {
          this.options.onFatal(error as Error);
          return false;
        }
        this.options.onFailure(error);
        await pause(backoff);
      }
    }
  }

  /** After a lost commit the repetition finds no claim; the rows of the first try are then sent by the relay's sweep. */
  private async write(batch: readonly Answered[], sealed: readonly Sealed[], isFirstTry: boolean): Promise<void> {
    const { enqueue, onSettled } = this.options;
    const { rows, ours } = await this.writeAsOurs(batch, sealed).catch((error: unknown) => {
      if (!(error instanceof SomeLost)) throw error;
      return this.writeWhatIsOurs(batch, sealed, isFirstTry);
    });
    enqueue(rows);
    for (const answered of batch) onSettled(answered, ours.has(answered.claim.place));
  }

  /** As nearly always, all claims are still ours: one round trip. @throws SomeLost when they are not; nothing of it stays then */
  private writeAsOurs(batch: readonly Answered[], sealed: readonly Sealed[]): Promise<Written> {
    const { database, claims, outbox } = this.options;
    return database.transaction(async (tx) => {
      const [ours, rows] = await inTurn([claims.finish(tx, batch.map(claimOf)), outbox.insert(tx, sealed)] as const);
      if (ours.size < batch.length) throw new SomeLost('not all claims are ours any more');
      return { rows, ours };
    });
  }

  private writeWhatIsOurs(
    batch: readonly Answered[],
    sealed: readonly Sealed[],
    isFirstTry: boolean,
  ): Promise<Written> {
    const { database, claims, outbox } = this.options;
    return database.transaction(async (tx) => {
      const still = await claims.finish(tx, batch.map(claimOf));
      const kept = sealed.filter((_, i) => still.has((batch[i] as Answered).claim.place));
      const lost = batch.filter(({ claim }) => !still.has(claim.place));
      const told = lost.length > 0 ? await this.refusals(tx, lost, isFirstTry) : [];
      return { rows: await outbox.insert(tx, [...kept, ...told]), ours: still };
    });
  }

  /** What is gone at a second try may have been written by the first: then nobody was refused. */
  private async refusals(tx: Tx, lost: readonly Answered[], isFirstTry: boolean): Promise<Sealed[]> {
    const { claims, sealing } = this.options;
    const places = lost.map(({ claim }) => claim.place);
    const holders = await claims.holders(tx, places);
    const refused = lost.filter(({ claim }) => isFirstTry || holders.has(claim.place));
    const drafts = refused.map((answered) => refusalDraft(refusalOf(answered, holders), sealing.signer.principal));
    return drafts.length > 0 ? seal(drafts, sealing) : [];
  }
}

/** Some results may not be written. */
class SomeLost extends Error {}

/** What a transaction left: the rows to send, and the places whose claims were answered with it. */
interface Written {
  readonly rows: OutboxRow[];
  readonly ours: ReadonlySet<string>;
}

const claimOf = ({ claim }: Answered): Claim => claim;

/** A claim that nobody holds any more was answered by who took it over. */
function refusalOf({ claim, outcome }: Answered, holders: ReadonlyMap<string, string>): RefusalData {
  const { sequenceId, step, epoch, verb } = claim.command.data;
  const now = holders.get(claim.place) ?? null;
  const by = now === null ? 'it is answered already' : 'another process holds the claim';
  return {
    ...{ sequenceId, step, tried: 'answer', reason: `${verb} ${outcome.kind} is not written: ${by}` },
    refused: { epoch, holder: claim.holder },
    current: { epoch: null, holder: now },
  };
}

function draftOf({ claim, outcome, startedAt, finishedAt }: Answered): Draft {
  const { id, correlationId, data } = claim.command;
  const result: ResultData = {
    sequenceId: data.sequenceId,
    step: data.step,
    attempt: data.attempt,
    epoch: data.epoch,
    verb: data.verb,
    target: data.target,
    commandDigest: claim.digest,
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
    outcome,
  };
  return {
    topic: topicNames.results,
    key: data.sequenceId,
    type: RESULT_TYPE,
    subject: data.sequenceId,
    correlationId,
    causationIds: [id],
    data: result,
  };
}

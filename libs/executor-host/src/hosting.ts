/**
 * An executor on our messaging: commands in, claims kept, results out. What must hold:
 *
 * 1. Taking a command in changes no target: the intake commits a claim and returns.
 * 2. An attempt is taken once for ever, however often its command is delivered.
 * 3. A claim is answered once: its result and its end are one transaction, by the holder of its lease.
 * 4. A claim that an earlier process may have begun is settled by a look-up first, under the same attempt id.
 * 5. A command of an older epoch than one taken reaches no target.
 * 6. What is in memory is bounded; the rest waits in the table and is fetched in order.
 */
import type { Received } from '@causeway/messaging';
import { isCommand, type Claim, type ReceivedCommand } from './claim';
import type { ClaimStore } from './claim-store';
import type { Lease } from './lease';
import type { ResultWriter } from './result-writer';
import type { Worker } from './worker';

export interface HostingLog {
  info(details: object, text: string): void;
  warn(details: object, text: string): void;
}

export interface HostingParts {
  readonly claims: ClaimStore;
  readonly lease: Lease;
  readonly worker: Worker;
  readonly results: ResultWriter;
  readonly log: HostingLog;
  /** The lease of this holder was declared lost: word of it is left for the ledger. */
  onLeaseLost(lost: string): Promise<void>;
}

/** Claims in memory: beyond that they wait in the table. */
const MOST_IN_MEMORY = 5_000;
const FETCH = 500;
const TICK_MS = 1_000;
const GRACE_MS = { work: 12_000, write: 5_000 };

export class Hosting {
  /** Places in memory. */
  private readonly known = new Set<string>();
  /** Claims of ours may lie in the table that memory does not know: too many came, or a commit's answer was lost. */
  private behind = false;
  private serial: Promise<void> = Promise.resolve();
  private ticking: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  readonly counts = { taken: 0, repeated: 0, takenOver: 0, answered: 0, lostToOthers: 0 };

  constructor(private readonly parts: HostingParts) {}

  async start(): Promise<void> {
    await this.parts.lease.register();
    await this.tick();
    this.timer = setInterval(() => {
      this.ticking ??= this.tick().finally(() => {
        this.ticking = null;
      });
    }, TICK_MS);
  }

  /** What one call of the transport brought. Resolves once the claims are durable. Other types on the topic are none of ours. */
  take(received: readonly Received[]): Promise<void> {
    const commands = received.filter(isCommand);
    return this.inTurn(() => this.takeCommands(commands));
  }

  /** A result is written, or was refused since the claim went to another holder. */
  settled(claim: Claim, written: boolean): void {
    this.known.delete(claim.place);
    if (written) this.counts.answered++;
    else {
      this.counts.lostToOthers++;
      // Perhaps to ourselves, under a newer lease: then the table has it under our name, and it is settled by a look-up.
      this.behind = true;
    }
    if (this.behind && this.known.size < MOST_IN_MEMORY / 2) void this.inTurn(() => this.fetchOwn()).catch(this.failed);
  }

  inMemory(): number {
    return this.known.size;
  }

  /** Begins nothing more, lets what is under way end, writes the results, and leaves the rest to whoever comes next. */
  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.ticking;
    const unstarted = await this.parts.worker.stop(GRACE_MS.work);
    await this.parts.results.drain(GRACE_MS.write);
    const { claims, lease } = this.parts;
    if (unstarted.length > 0)
      await claims.putBack(
        lease.holder,
        unstarted.map(({ place }) => place),
      );
    await lease.giveUp();
  }

  private async takeCommands(commands: readonly ReceivedCommand[]): Promise<void> {
    if (commands.length === 0) return;
    const taken = await this.tellingLoss(this.parts.claims.take(this.parts.lease.holder, commands));
    this.counts.taken += taken.length;
    this.counts.repeated += commands.length - taken.length;
    if (this.known.size + taken.length > MOST_IN_MEMORY) this.behind = true;
    if (!this.behind) this.begin(taken);
  }

  /** What failed may have been committed all the same: then only the table knows that these claims are ours. */
  private tellingLoss(asked: Promise<Claim[]>): Promise<Claim[]> {
    return asked.catch((error: unknown) => {
      this.behind = true;
      throw error;
    });
  }

  private begin(claims: readonly Claim[]): void {
    const unknown = claims.filter(({ place }) => !this.known.has(place));
    for (const { place } of unknown) this.known.add(place);
    this.parts.worker.add(unknown);
  }

  /** Once a second: keep the lease, take over what others left, fetch what memory does not know. Failures wait for the next. */
  private async tick(): Promise<void> {
    const { lease, worker } = this.parts;
    try {
      const { holder } = lease;
      if (!(await lease.renew())) await this.startOver(holder);
      await lease.declareLost();
      await this.inTurn(() => this.takeOver());
      if (this.behind) await this.inTurn(() => this.fetchOwn());
      worker.pump();
    } catch (error) {
      this.failed(error);
    }
  }

  /** Our lease was declared lost while we slept: what had not begun is another's now. */
  private async startOver(lost: string): Promise<void> {
    const dropped = this.parts.worker.dropWaiting();
    for (const { place } of dropped) this.known.delete(place);
    this.parts.log.warn({ dropped: dropped.length }, 'the lease was lost to another process; going on under a new one');
    await this.parts.onLeaseLost(lost);
  }

  private async takeOver(): Promise<void> {
    const { claims, lease, log } = this.parts;
    if (this.known.size > MOST_IN_MEMORY - FETCH) return;
    const left = await this.tellingLoss(claims.takeOver(lease.holder, FETCH));
    if (left.length === 0) return;
    this.counts.takenOver += left.length;
    log.info(
      { claims: left.length, interrupted: left.filter((claim) => claim.interrupted).length },
      'claims taken over',
    );
    this.begin(left);
  }

  private async fetchOwn(): Promise<void> {
    if (this.known.size > MOST_IN_MEMORY - FETCH) return;
    const { claims, lease } = this.parts;
    const fetched = await claims.own(lease.holder, [...this.known], FETCH);
    this.behind = fetched.length === FETCH;
    this.begin(fetched);
  }

  /** One after the other: what is committed and what is known must not pass each other. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.serial.then(work);
    this.serial = turn.catch(() => undefined);
    return turn;
  }

  private readonly failed = (error: unknown): void =>
    this.parts.log.warn(
      {},
      `claims are looked after again in a second: ${error instanceof Error ? error.message : String(error)}`,
    );
}

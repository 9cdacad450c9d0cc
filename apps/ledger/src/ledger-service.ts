import type { Standby } from '@causeway/persistence';
import { lastWord } from '@causeway/service';
import type { LedgerConfig } from './config';
import type { LedgerFigures } from './handle/figures';
import { WriterReplaced } from './handle/ports';
import type { Refusals } from './handle/refusals';
import { openLedger, startLedger, type Connected, type Ledger, type LedgerPorts } from './open-ledger';
import { holderName, newestWriter, type WriterRow } from './store/writer-table';

export interface LedgerServiceOptions {
  readonly connected: Connected;
  readonly config: LedgerConfig;
  readonly standby: Standby;
  readonly ports: Omit<LedgerPorts, 'isStopping'>;
  readonly refusals: Refusals;
  /** Told once the log is this process's. */
  onOpened(figures: LedgerFigures): void;
}

const LOOK_EVERY_MS = 1_000;

/**
 * The ledger as a process: waits until no other is at work, takes the log over, and ends when another has taken it. Waiting, it is alive
 * and not ready, with keys read and connections open.
 */
export class LedgerService {
  private ledger: Ledger | null = null;
  private stopping = false;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: LedgerServiceOptions) {}

  /** Resolves when it is at work, or was stopped before. */
  async run(): Promise<void> {
    const ledger = await this.open().catch((error: unknown) => {
      if (this.stopping) return null;
      throw error;
    });
    if (!ledger || this.stopping) return;
    this.ledger = ledger;
    this.options.onOpened(ledger.figures);
    await startLedger(ledger);
    this.lookLater(ledger);
  }

  /** With the broker first, however long that takes: who waits for it must not keep the place from one who has it. */
  private async open(): Promise<Ledger | null> {
    const { connected, config, standby, ports } = this.options;
    await connected.bus.ensureTopics(connected.topics);
    if (!(await standby.take()) || this.stopping) return null;
    const { log, clock } = ports;
    return openLedger(connected, config, {
      ...{ log, clock, onFatal: (error) => void this.end(error) },
      isStopping: () => this.stopping,
    });
  }

  isAtWork(): boolean {
    return this.ledger !== null;
  }

  isTakingIn(): boolean {
    return this.ledger?.intake.isReady() ?? false;
  }

  async stopTaking(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearTimeout(this.timer);
    await (this.ledger ? this.ledger.intake.stop() : this.options.standby.giveUp());
  }

  async stopWriting(): Promise<void> {
    await this.ledger?.writer.stop();
  }

  /** The place is the next one's once everything is published. */
  async stopPublishing(): Promise<void> {
    await this.ledger?.publisher.stop();
    await this.options.standby.giveUp();
  }

  /** Who was replaced leaves word of it, for a while, and ends. */
  private async end(error: Error): Promise<void> {
    if (error instanceof WriterReplaced && this.ledger)
      await lastWord(this.leaveWord(this.ledger.epoch, error), this.options.ports.log);
    this.options.ports.onFatal(error);
  }

  private async leaveWord(epoch: number, { message }: Error): Promise<void> {
    const newest = await newestWriter(this.options.connected.database);
    await this.options.refusals.leave({ epoch, holder: holderName() }, newest, message);
  }

  private lookLater(ledger: Ledger): void {
    this.timer = setTimeout(() => void this.look(ledger), LOOK_EVERY_MS);
  }

  /** Who has nothing to write would not find out that another has taken the log, and keep its partitions. */
  private async look(ledger: Ledger): Promise<void> {
    const newest = await newestWriter(this.options.connected.database).catch(() => null);
    if (this.stopping) return;
    if (newest && newest.epoch > ledger.epoch) return this.end(replacedBy(newest, ledger.epoch));
    // What failed is there the next time.
    if (newest) await this.options.refusals.send().catch(() => undefined);
    this.lookLater(ledger);
  }
}

const replacedBy = ({ epoch, holder }: WriterRow, ours: number): WriterReplaced =>
  new WriterReplaced(`epoch ${ours} is over: another ledger writer has taken the log (${holder}, epoch ${epoch})`);

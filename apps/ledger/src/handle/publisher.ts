import { CHECKPOINT_TYPE, topicNames, type CheckpointData } from '@causeway/contracts';
import { seal, type EventBus, type Log, type Sealed } from '@causeway/messaging';
import type { Signer } from '@causeway/signing';
import { sealEntries, type Unpublished } from './entries-messages';
import type { LedgerFigures } from './figures';
import type { Head, LogStore, MadeEntry, Publication } from './ports';

export interface PublisherOptions {
  readonly bus: Pick<EventBus, 'send'>;
  readonly signer: Signer;
  readonly origin: string;
  readonly store: Pick<LogStore, 'entries' | 'newestHead'>;
  /** Entries that are known to be on the topic: what is durable about it. */
  readonly position: { size(): Promise<number>; reached(size: number): Promise<void> };
  /** The signed note of a stored head under the key of today, which is the one that the export header names. */
  noteOf(head: Head): string;
  /** Goes with the first checkpoint. */
  readonly exportHeader: NonNullable<CheckpointData['exportHeader']>;
  readonly figures: LedgerFigures;
  readonly log: Log;
  /** Unix milliseconds. */
  now(): number;
  newId(nowMs: number): string;
  pause(ms: number): Promise<void>;
}

type Checkpointed = Pick<Head, 'size' | 'note'>;

/** Entries of one send, and how many wait in memory before rows are read instead. */
const MOST_A_SEND = 1_000;
const MOST_QUEUED = 20_000;
const MOST_QUEUED_BYTES = 64 * 1024 * 1024;
const NOTE_POSITION_EVERY_MS = 1_000;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Brings the log to its topics, in order of index, at least once: from memory right after the commit, from the rows after a crash or
 * when the broker was away for long. With it goes the newest checkpoint; the topics are two, so it may be read first.
 */
export class Publisher implements Publication {
  private queue: Unpublished[] = [];
  private queuedBytes = 0;
  /** Not yet published, oldest first; the last is the newest of the log. */
  private heads: Checkpointed[] = [];
  private newest: Checkpointed | null = null;
  /** Next index to send. */
  private position = 0;
  private notedSize = 0;
  private notedAtMs = 0;
  private wake: (() => void) | null = null;
  private stopping = false;
  private isHeaderSent = false;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: PublisherOptions) {}

  /** Begins where the last process is known to have come to. */
  async start(): Promise<void> {
    this.position = this.notedSize = await this.options.position.size();
    const head = await this.options.store.newestHead();
    this.newest = head && { size: head.size, note: this.options.noteOf(head) };
    if (this.newest) this.heads.push(this.newest);
    this.running = this.run();
  }

  committed(entries: readonly MadeEntry[], head: Head): void {
    for (const entry of entries) {
      this.queue.push(entry);
      this.queuedBytes += entry.bytes.length;
    }
    this.newest = head;
    this.heads.push(head);
    if (this.queue.length > MOST_QUEUED || this.queuedBytes > MOST_QUEUED_BYTES) this.forgetQueue();
    this.wake?.();
  }

  /** Sends what is committed, for a while, and notes the position. The next start sends the rest. */
  async stop(graceMs = 5_000): Promise<void> {
    this.stopping = true;
    this.wake?.();
    await Promise.race([this.running, this.options.pause(graceMs)]);
  }

  private forgetQueue(): void {
    this.queue = [];
    this.queuedBytes = 0;
    this.heads = this.heads.slice(-1);
  }

  private async run(): Promise<void> {
    while (!this.stopping || this.isBehind()) {
      const goesOn = this.isBehind() ? this.untilSent(() => this.sendNext()) : this.rest();
      if (!(await goesOn)) return;
    }
    await this.notePosition();
  }

  /** Until there is more to send. Meanwhile the position is noted, so that whoever looks at the tables sees where the topic stands. */
  private async rest(): Promise<boolean> {
    const isNoted = this.position === this.notedSize;
    const woken = await this.untilWoken(isNoted ? null : NOTE_POSITION_EVERY_MS);
    return woken || this.untilSent(() => this.notePosition());
  }

  private isBehind(): boolean {
    return this.heads.length > 0;
  }

  /** Tries until it works; false when it did not and the service is stopping. */
  private async untilSent(send: () => Promise<void>): Promise<boolean> {
    for (let pauseMs = 50; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        await send();
        return true;
      } catch (error) {
        if (this.stopping) return false;
        this.options.log.warn({ position: this.position, error: String(error) }, 'not published yet, trying again');
        await this.options.pause(pauseMs);
      }
    }
  }

  /** Entries and the newest checkpoint of them, in one request; also while more waits: under steady overload it must not stay away. */
  private async sendNext(): Promise<void> {
    const entries = this.position < (this.newest as Checkpointed).size ? await this.nextEntries() : [];
    const reached = this.position + entries.length;
    const newest = this.heads.findLast(({ size }) => size <= reached);
    const messages = [
      ...(entries.length > 0 ? sealEntries(entries, this.options) : []),
      ...(newest ? this.checkpoint(newest) : []),
    ];
    await this.options.bus.send(messages);
    this.isHeaderSent ||= newest !== undefined;
    // Others may have come meanwhile, or all but the last may have been forgotten.
    this.heads = this.heads.filter(({ size }) => size > reached);
    this.options.figures.published = this.position = reached;
    if (this.options.now() - this.notedAtMs >= NOTE_POSITION_EVERY_MS) await this.notePosition();
  }

  private async nextEntries(): Promise<Unpublished[]> {
    while (this.queue[0] && this.queue[0].index < this.position) this.drop(1);
    if (this.queue[0]?.index === this.position) return this.drop(MOST_A_SEND);
    const rows = await this.options.store.entries(this.position, MOST_A_SEND);
    return rows.map(({ index, text }) => ({ index, text, bytes: Buffer.from(text, 'utf8') }));
  }

  private drop(count: number): Unpublished[] {
    const dropped = this.queue.splice(0, count);
    for (const { bytes } of dropped) this.queuedBytes -= bytes.length;
    return dropped;
  }

  private checkpoint({ size, note }: Checkpointed): Sealed[] {
    const { origin, signer, now, newId, exportHeader } = this.options;
    const draft = {
      topic: topicNames.checkpoints,
      key: origin,
      type: CHECKPOINT_TYPE,
      subject: origin,
      correlationId: origin,
      causationIds: [],
      data: { origin, size, note, ...(this.isHeaderSent ? {} : { exportHeader }) },
    };
    return seal([draft], { signer, now, newId });
  }

  private async notePosition(): Promise<void> {
    this.notedAtMs = this.options.now();
    if (this.position === this.notedSize) return;
    await this.options.position.reached(this.position);
    this.notedSize = this.position;
  }

  /** False: it was not, for so many milliseconds. */
  private untilWoken(ms: number | null): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (woken: boolean): void => {
        clearTimeout(timer);
        this.wake = null;
        resolve(woken);
      };
      const timer = ms === null ? undefined : setTimeout(done, ms, false);
      this.wake = () => done(true);
    });
  }
}

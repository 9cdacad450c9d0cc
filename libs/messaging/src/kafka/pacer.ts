import { lingerFor } from '../linger';
import { pause } from '../pause';

/** Spaces fetches while much arrives, so that each brings more: one long poll costs the same for one message or for fifty. */
export class Pacer {
  /** Moving average of the messages of one partition's batch. */
  private size = 1;
  private waiting: Promise<void> | null = null;

  constructor(private readonly paceMs: number) {}

  after(messages: number): Promise<void> | undefined {
    this.size += (messages - this.size) / SIZES_REMEMBERED;
    const waitMs = lingerFor(this.size * PARTITIONS_OF_A_FETCH, this.paceMs);
    if (waitMs === 0) return undefined;
    this.waiting ??= pause(waitMs).then(() => {
      this.waiting = null;
    });
    return this.waiting;
  }
}

const SIZES_REMEMBERED = 16;
/** What one fetch typically brings: a batch from most partitions of a topic. */
const PARTITIONS_OF_A_FETCH = 2;

/** What the service counts. The module binds it to the metrics endpoint; tests read it. */
export class LedgerFigures {
  entries = 0;
  duplicates = 0;
  /** Repeated ids whose content differs from what is in the log: never honest. */
  conflicts = 0;
  parked = 0;
  withoutCause = 0;
  /** Times that a topic was made anew, over all topics and since the log began. */
  generations = 0;
  waitingNow = 0;
  longestWaitMs = 0;
  /** Of the newest batch. */
  appendMs = 0;
  batches = 0;
  /** Entries in the log and on its topic. */
  size = 0;
  published = 0;

  appended(entries: number, duplicates: number, parked: number, tookMs: number): void {
    this.entries += entries;
    this.duplicates += duplicates;
    this.parked += parked;
    this.batches += 1;
    this.appendMs = tookMs;
  }

  waiting(count: number, longestMs: number): void {
    this.waitingNow = count;
    this.longestWaitMs = longestMs;
  }

  causeMissing(): void {
    this.withoutCause += 1;
  }
}

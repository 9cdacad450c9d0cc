/** What is read of kafkajs's queue of requests. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  /** Unix milliseconds; -1: never. */
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const LOOK_AGAIN_MS = 10;

/** Looks again only while something waits: the original looks a thousand times a second, for ever, on every connection. */
export function requestQueue<T extends { readonly prototype: RequestQueue }>(original: T): T {
  original.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
    const throttledMs = this.throttledUntil - Date.now();
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      throttledMs > 0 ? throttledMs : LOOK_AGAIN_MS,
    );
  };
  return original;
}

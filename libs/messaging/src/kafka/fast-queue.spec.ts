import { createRequire } from 'node:module';
import { requestQueue } from './fast-queue';

const load = createRequire(__filename);
interface Queue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
  push(request: object): void;
  fulfillRequest(answer: { correlationId: number; payload: Buffer; size: number }): void;
  maybeThrottle(ms: number): void;
}
const RequestQueue = requestQueue(
  load('kafkajs/src/network/requestQueue/index.js') as { new (options: object): Queue; readonly prototype: Queue },
);

const queueOf = (maxInFlightRequests: number | null) =>
  new RequestQueue({
    maxInFlightRequests,
    requestTimeout: 1_000,
    clientId: 'c',
    broker: 'b',
    logger: { debug: () => undefined, namespace: () => undefined, warn: () => undefined },
  });

const request = (correlationId: number, sent: number[]) => ({
  entry: { correlationId, resolve: () => undefined, reject: () => undefined },
  expectResponse: true,
  sendRequest: () => sent.push(correlationId),
});

describe("kafkajs's queue of requests", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('sets no timer while nothing waits', () => {
    const queue = queueOf(null);
    queue.push(request(1, []));
    queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 });
    jest.advanceTimersByTime(100);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('sends what waits once there is room, and what was throttled once that is over', () => {
    const sent: number[] = [];
    const queue = queueOf(1);
    queue.push(request(1, sent));
    queue.push(request(2, sent));
    expect(sent).toEqual([1]);
    queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 });
    expect(sent).toEqual([1, 2]);
    queue.fulfillRequest({ correlationId: 2, payload: Buffer.alloc(0), size: 0 });
    queue.maybeThrottle(500);
    queue.push(request(3, sent));
    jest.advanceTimersByTime(490);
    expect(sent).toEqual([1, 2]);
    jest.advanceTimersByTime(30);
    expect(sent).toEqual([1, 2, 3]);
    jest.advanceTimersByTime(100);
    expect(jest.getTimerCount()).toBe(0);
  });
});

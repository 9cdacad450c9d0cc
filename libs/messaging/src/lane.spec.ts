import { silentLog } from './log';
import type { Received } from './envelopes';
import { Lane, type LaneItem } from './lane';

const received = (id: string): Received =>
  ({ topic: 't', partition: 0, offset: id, message: { id } }) as unknown as Received;
const ids = (batch: Received[]): string[] => batch.map(({ message }) => message.id);
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

/** A lane whose calls wait for the test to end them. */
function lane(more: { maxBatch?: number } = {}) {
  const calls: { ids: string[]; end(error?: unknown): void }[] = [];
  const handled: string[] = [];
  const fatal: Error[] = [];
  const made = new Lane({
    name: 'test',
    maxBatch: 100,
    lingerMs: 1,
    log: silentLog,
    onFatal: (error) => fatal.push(error),
    handle: (batch) =>
      new Promise((resolve, reject) => {
        calls.push({ ids: ids(batch), end: (error) => (error ? reject(error) : resolve(undefined)) });
      }),
    ...more,
  });
  const push = (...names: string[]): void =>
    made.push(names.map((name): LaneItem => ({ received: received(name), handled: () => handled.push(name) })));
  return { made, calls, handled, fatal, push };
}
const retriable = Object.assign(new Error('the database is away'), { retriable: true });

describe('a lane', () => {
  it('makes one call at a time, with everything that came meanwhile', async () => {
    const { calls, handled, push } = lane();
    push('a');
    await settle();
    push('b');
    push('c');
    await settle();
    expect(calls.map((call) => call.ids)).toEqual([['a']]);
    calls[0]!.end();
    await settle();
    expect(calls[1]!.ids).toEqual(['b', 'c']);
    expect(handled).toEqual(['a']);
    calls[1]!.end();
    await settle();
    expect(handled).toEqual(['a', 'b', 'c']);
  });

  it('never makes a call larger than allowed', async () => {
    const { calls, push } = lane({ maxBatch: 2 });
    push('a', 'b', 'c');
    await settle();
    expect(calls[0]!.ids).toEqual(['a', 'b']);
  });

  it('repeats a failed call whole, and hands out nothing later before', async () => {
    const { made, calls, handled, push } = lane();
    push('a');
    push('b');
    await settle();
    push('c');
    calls[0]!.end(retriable);
    await settle();
    expect(made.retrying).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(calls.map((call) => call.ids)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    calls[1]!.end();
    await settle();
    expect([made.retrying, handled, calls[2]!.ids]).toEqual([false, ['a', 'b'], ['c']]);
  });

  it('given a database that is away for an hour, repeats its call until it is back, and ends nothing', async () => {
    jest.useFakeTimers();
    try {
      const { calls, handled, fatal, push } = lane();
      push('a');
      await jest.advanceTimersByTimeAsync(20);
      for (let passedMs = 0; passedMs < 3_600_000; passedMs += 5_000) {
        calls.at(-1)!.end(retriable);
        await jest.advanceTimersByTimeAsync(5_000);
      }
      calls.at(-1)!.end();
      await jest.advanceTimersByTimeAsync(20);
      expect([fatal, handled]).toEqual([[], ['a']]);
      expect(calls.length).toBeGreaterThan(700);
    } finally {
      jest.useRealTimers();
    }
  });

  it.each([
    ['an error that is not worth another try', new TypeError('a defect')],
    ['something thrown that is no error', 'text'],
  ])('given %s, ends everything and skips nothing', async (_, error) => {
    const { calls, handled, fatal, push } = lane();
    push('a');
    await settle();
    calls[0]!.end(error);
    push('b');
    await settle();
    expect(fatal).toHaveLength(1);
    expect(fatal[0]!.message).toContain('test failed on 1 messages from t/0@a');
    expect([calls.length, handled]).toEqual([1, []]);
  });
});

import { KafkaJSProtocolError } from 'kafkajs';
import { untilBroker } from './until-broker';

const told: string[] = [];
const log = { debug() {}, info() {}, warn: (_: object, text: string) => void told.push(text), error() {} };
beforeEach(() => {
  told.length = 0;
  jest.useFakeTimers();
});
afterEach(() => jest.useRealTimers());

/** Fails so long with this, milliseconds. */
function away(forMs: number, error: Error) {
  const begin = performance.now();
  const troubles: (string | null)[] = [];
  let closed = false;
  const result = untilBroker(
    () => (performance.now() - begin < forMs ? Promise.reject(error) : Promise.resolve('there')),
    { log, what: 'it waits', isClosed: () => closed, onTrouble: (trouble) => troubles.push(trouble) },
  );
  result.catch(() => undefined);
  return { result, troubles, close: () => (closed = true) };
}

describe('what waits for the broker', () => {
  it('waits for an hour, says so at once and every ten seconds, and has its answer within five seconds of the end', async () => {
    const { result, troubles } = away(3_600_000, new Error('connect ECONNREFUSED'));
    await jest.advanceTimersByTimeAsync(3_605_000);
    expect(await result).toBe('there');
    expect(told.length).toBeGreaterThan(200);
    expect(told.length).toBeLessThanOrEqual(361);
    expect(told[0]).toBe('it waits, and it goes on when it is there: connect ECONNREFUSED');
    expect([troubles[0], troubles.at(-1)]).toEqual(['connect ECONNREFUSED', null]);
  });

  it('ends when the broker refuses', async () => {
    const type = 'CLUSTER_AUTHORIZATION_FAILED';
    const refusal = new KafkaJSProtocolError(Object.assign(new Error(type), { type, code: 31, retriable: false }));
    // Several topics at once are refused in one error.
    const { result } = away(3_600_000, Object.assign(new Error('Topic creation errors'), { errors: [refusal] }));
    await expect(result).rejects.toThrow('Topic creation errors');
  });

  it('ends when nobody needs it any more', async () => {
    const { result, close } = away(3_600_000, new Error('connect ECONNREFUSED'));
    await jest.advanceTimersByTimeAsync(20_000);
    close();
    await jest.advanceTimersByTimeAsync(5_000);
    await expect(result).rejects.toThrow('ECONNREFUSED');
  });
});

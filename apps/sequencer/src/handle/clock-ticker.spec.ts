import { DatabaseError } from '@causeway/persistence';
import { ClockTicker } from './clock-ticker';
import type { Pending } from './pending';

const idOf = (one: Pending | undefined): string => (one && 'sequenceId' in one ? one.sequenceId : '');

/** A ticker over `bad` and `good`, both always due; what is submitted with a name of `failing` fails. */
function ticking(failing: Record<string, Error>) {
  const [decided, errors, asked] = [[] as string[], [] as [string, string | null][], [] as number[]];
  let [nowMs, atOnce] = [1_000_000, 0];
  const ticker = new ClockTicker({
    due: (_, limit) => {
      asked.push(limit);
      return Promise.resolve(['bad', 'good']);
    },
    submit: (items) => {
      const found = items.map((one) => failing[idOf(one)]).find((error) => error !== undefined);
      if (found) return Promise.reject(found);
      if (items.length > 1) atOnce++;
      decided.push(...items.map(idOf));
      return Promise.resolve();
    },
    now: () => nowMs,
    onError: (error, sequenceId) => errors.push([(error as Error).message, sequenceId]),
  });
  const tick = async (): Promise<void> => {
    await jest.advanceTimersByTimeAsync(250);
    nowMs += 250;
  };
  return { ticker, tick, decided, errors, asked, pass: (ms: number) => (nowMs += ms), together: () => atOnce };
}

describe('what is due', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('goes on beside a sequence that cannot be decided, which is told, and tried again after a minute', async () => {
    const failing: Record<string, Error> = { bad: new RangeError('too large') };
    const { ticker, tick, decided, errors, asked, pass, together } = ticking(failing);
    ticker.start();
    await tick();
    expect(decided).toEqual(['good']);
    expect(errors).toEqual([['too large', 'bad']]);
    await tick();
    expect([decided, errors.length, asked]).toEqual([['good', 'good'], 1, [500, 501]]);
    delete failing.bad;
    pass(60_000);
    await tick();
    expect(together()).toBe(1);
    await ticker.stop();
  });

  it('waits as a whole for a database that is away', async () => {
    const { ticker, tick, decided, errors } = ticking({ bad: new DatabaseError('away', '57P01', true, false, null) });
    ticker.start();
    await tick();
    await tick();
    expect(decided).toEqual([]);
    expect(errors).toEqual([
      ['away', null],
      ['away', null],
    ]);
    await ticker.stop();
  });
});

import fc from 'fast-check';
import { CauseRoom, type Released, type Waitable } from './cause-room';

const LIMITS = { waitMs: 30_000, maxWaiting: 1_000, maxWeight: 1_000_000 };
const event = (id: string, causes: readonly string[] = [], line: string | null = null): Waitable => ({
  id,
  causes,
  line,
  weight: 100,
});

/** The room together with a log that takes what it releases. */
function ledger(limits = LIMITS) {
  const room = new CauseRoom<Waitable>(limits);
  const log: string[] = [];
  const missing = new Map<string, readonly string[]>();
  const take = (released: readonly Released<Waitable>[]): void => {
    for (const {
      event: { id },
      causeMissing,
    } of released) {
      log.push(id);
      if (causeMissing.length > 0) missing.set(id, causeMissing);
    }
  };
  return {
    room,
    log,
    missing,
    arrive: (nowMs: number, ...events: Waitable[]) => take(room.admit(events, nowMs, (id) => log.includes(id))),
    found: (...ids: string[]) => take(room.found(ids)),
    expire: (nowMs: number) => take(room.expire(nowMs)),
  };
}

describe('an event and its cause', () => {
  it('given the cause is in, the effect is appended at once', () => {
    const { arrive, log, room } = ledger();
    arrive(0, event('command'), event('result', ['command']));
    expect(log).toEqual(['command', 'result']);
    expect(room.size).toBe(0);
  });

  it('given a result before its command, it waits until the command is in', () => {
    const { arrive, log, room } = ledger();
    arrive(0, event('result', ['command']));
    expect(log).toEqual([]);
    expect(room.oldestSinceMs()).toBe(0);
    arrive(50, event('command'));
    expect(log).toEqual(['command', 'result']);
  });

  it('given a whole story the wrong way round, it comes out in order', () => {
    const { arrive, log } = ledger();
    arrive(0, event('ended', ['reading']), event('reading', ['probe']), event('probe', ['result']));
    arrive(1, event('result', ['command']), event('command', ['intent']), event('intent'));
    expect(log).toEqual(['intent', 'command', 'result', 'probe', 'reading', 'ended']);
  });

  it('given two causes, it waits for both', () => {
    const { arrive, log } = ledger();
    arrive(0, event('record', ['one', 'two']));
    arrive(1, event('two'));
    expect(log).toEqual(['two']);
    arrive(2, event('one'));
    expect(log).toEqual(['two', 'one', 'record']);
  });

  it('given the cause turns out to be in the database, it is released', () => {
    const { arrive, found, log } = ledger();
    arrive(0, event('reading', ['old-probe']));
    found('old-probe');
    expect(log).toEqual(['reading']);
  });
});

describe('a line', () => {
  it('given its first waits, the later ones wait behind it, others go on', () => {
    const { arrive, log } = ledger();
    arrive(0, event('a1', ['x'], 'a'), event('a2', [], 'a'), event('b1', [], 'b'), event('a3', ['x'], 'a'));
    expect(log).toEqual(['b1']);
    arrive(1, event('x'));
    expect(log).toEqual(['b1', 'x', 'a1', 'a2', 'a3']);
  });

  it('given a later one needs more than the first, only it waits on', () => {
    const { arrive, log } = ledger();
    arrive(0, event('a1', ['x'], 'a'), event('a2', ['y'], 'a'), event('a3', [], 'a'));
    arrive(1, event('x'));
    expect(log).toEqual(['x', 'a1']);
    arrive(2, event('y'));
    expect(log).toEqual(['x', 'a1', 'y', 'a2', 'a3']);
  });
});

describe('a cause that never comes', () => {
  it('is waited for 30 s, then named', () => {
    const { arrive, expire, log, missing } = ledger();
    arrive(0, event('intent', ['outside']));
    expire(29_999);
    expect(log).toEqual([]);
    expire(30_000);
    expect(log).toEqual(['intent']);
    expect(missing.get('intent')).toEqual(['outside']);
  });

  it('does not cost those that wait for its effect their order', () => {
    const { arrive, expire, log, missing } = ledger();
    // The record came a moment before the intent that it answers; its own time is over first.
    arrive(0, event('record', ['intent']));
    arrive(10, event('intent', ['outside']));
    expire(30_000);
    expect(log).toEqual([]);
    expire(30_010);
    expect(log).toEqual(['intent', 'record']);
    expect([...missing.keys()]).toEqual(['intent']);
  });

  it('given causes that name each other, both are appended after twice the time', () => {
    const { arrive, expire, log, missing } = ledger();
    arrive(0, event('hen', ['egg']), event('egg', ['hen']));
    expire(59_999);
    expect(log).toEqual([]);
    expire(60_000);
    expect(log).toEqual(['hen', 'egg']);
    expect(missing).toEqual(new Map([['hen', ['egg']]]));
  });

  it('given too many wait, lets nobody go and says that it is full, until the cause is in', () => {
    const { arrive, log, missing, room } = ledger({ ...LIMITS, maxWaiting: 2 });
    arrive(0, event('a', ['x']), event('b', ['x']));
    expect(room.isFull).toBe(false);
    arrive(0, event('c', ['x']));
    expect([log, room.isFull]).toEqual([[], true]);
    arrive(0, event('x'));
    expect([log, room.isFull, missing.size]).toEqual([['x', 'a', 'b', 'c'], false, 0]);
  });

  it('given lines far ahead of their records and more than may weigh, names no cause as missing while records come', () => {
    const { arrive, log, missing, room } = ledger({ ...LIMITS, maxWeight: 1_000 });
    const records = Array.from({ length: 280 }, (_, i) => `record-${i}`);
    arrive(0, ...records.map((id, i) => event(`command-${i}`, [id], `line-${i % 28}`)));
    expect(room.isFull).toBe(true);
    for (const id of records) arrive(1, event(id));
    expect([log.length, room.size, room.isFull, missing.size]).toEqual([560, 0, false, 0]);
  });

  it('given they weigh too much and their cause is nowhere, they go when the time is over', () => {
    const { arrive, expire, log, missing } = ledger({ ...LIMITS, maxWeight: 250 });
    arrive(0, event('a', ['x']), event('b', ['x']), event('c', ['x']));
    expire(LIMITS.waitMs);
    expect([log, missing.size]).toEqual([['a', 'b', 'c'], 3]);
  });
});

/** A story: every event has causes among the earlier ones; lines follow the order of the story. Then it is shuffled. */
const stories = fc
  .array(fc.record({ causes: fc.array(fc.nat(), { maxLength: 3 }), line: fc.option(fc.nat(3)) }), {
    minLength: 1,
    maxLength: 40,
  })
  .chain((shapes) => {
    const events = shapes.map(({ causes, line }, i) =>
      event(
        `e${i}`,
        i === 0 ? [] : [...new Set(causes.map((cause) => `e${cause % i}`))],
        line === null ? null : `line-${line}`,
      ),
    );
    return fc.record({
      events: fc.constant(events),
      order: fc.shuffledSubarray(events, { minLength: events.length }),
      cuts: fc.array(fc.nat(events.length), { maxLength: 10 }),
    });
  });

/** Lines are read from one partition, so within a line the arrivals keep their order whatever the shuffle did. */
function keepLines(order: readonly Waitable[]): Waitable[] {
  const number = ({ id }: Waitable): number => Number(id.slice(1));
  const queues = new Map<string, Waitable[]>();
  for (const item of order) {
    if (item.line !== null) queues.set(item.line, [...(queues.get(item.line) ?? []), item]);
  }
  for (const queue of queues.values()) queue.sort((a, b) => number(a) - number(b));
  return order.map((item) => (item.line === null ? item : (queues.get(item.line)?.shift() as Waitable)));
}

const batches = (order: readonly Waitable[], cuts: readonly number[]): Waitable[][] => {
  const at = [0, ...[...cuts].sort((a, b) => a - b), order.length];
  return at.slice(1).map((end, i) => order.slice(at[i], end));
};

describe('any story in any order of arrival', () => {
  it('W1, W2: is all appended, causes first, lines in order, nothing missing, nobody left waiting', () => {
    fc.assert(
      fc.property(stories, ({ events, order, cuts }) => {
        const { arrive, log, missing, room } = ledger();
        for (const batch of batches(keepLines(order), cuts)) arrive(0, ...batch);
        expect(room.size).toBe(0);
        expect([...log].sort()).toEqual(events.map(({ id }) => id).sort());
        expect(missing.size).toBe(0);
        const at = new Map(log.map((id, i) => [id, i]));
        for (const { id, causes } of events) {
          for (const cause of causes) expect(at.get(cause)).toBeLessThan(at.get(id) as number);
        }
        const lines = new Set(events.map(({ line }) => line).filter((line) => line !== null));
        for (const line of lines) {
          const inLine = events.filter((item) => item.line === line).map(({ id }) => at.get(id) as number);
          expect(inLine).toEqual([...inLine].sort((a, b) => a - b));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('W1, W4: with some lost, is all appended after twice the time, and exactly the lost causes are named', () => {
    fc.assert(
      fc.property(stories, fc.array(fc.nat(), { maxLength: 5 }), ({ events, order }, lost) => {
        const { arrive, expire, log, missing, room } = ledger();
        const gone = new Set(lost.map((n) => (events[n % events.length] as Waitable).id));
        arrive(0, ...keepLines(order).filter(({ id }) => !gone.has(id)));
        expire(LIMITS.waitMs);
        expire(2 * LIMITS.waitMs);
        expect(room.size).toBe(0);
        expect(log.length).toBe(events.length - gone.size);
        const at = new Map(log.map((id, i) => [id, i]));
        for (const { id, causes } of events.filter((item) => !gone.has(item.id))) {
          expect(missing.get(id) ?? []).toEqual(
            causes.filter((cause) => !((at.get(cause) ?? Infinity) < (at.get(id) as number))),
          );
          for (const cause of missing.get(id) ?? []) expect(gone.has(cause)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('W5: gives the same releases again', () => {
    fc.assert(
      fc.property(stories, ({ order }) => {
        const [one, two] = [ledger(), ledger()];
        for (const each of [one, two]) {
          each.arrive(0, ...keepLines(order));
          each.expire(LIMITS.waitMs);
        }
        expect(one.log).toEqual(two.log);
      }),
    );
  });
});

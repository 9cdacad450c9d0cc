import { balanceOf } from '../handle/balance';
import { judgeAccounts, judgeGenerations, judgePublication, judgeTree, judgeWork, type Account } from './judge-log';

const QUIET = {
  ...{ cut: 0, waiting: 0, waitingMs: null },
  ...{ parked: 0, parkedLately: 0, lastParked: null },
};
const account = (counts: Partial<Account>, notTaken = 0): Account => ({
  ...balanceOf(
    { topic: 'causeway.records.v1', partition: 2, start: 0n, end: 10n },
    { inLedger: 0, duplicates: 0, parked: 0, waiting: 0, ...counts },
  ),
  notTaken,
});

describe('the accounting', () => {
  it('that adds up is ok, and so is what was not taken yet or waits for its cause', () => {
    expect(judgeAccounts([account({ inLedger: 8, duplicates: 1, parked: 1 })])).toMatchObject([{ severity: 'ok' }]);
    expect(judgeAccounts([account({ inLedger: 7 }, 3)])).toMatchObject([
      { severity: 'ok', what: 'all accounted for, 3 not taken yet (see lag)' },
    ]);
    expect(judgeAccounts([account({ inLedger: 6, waiting: 1 }, 3)])).toMatchObject([{ severity: 'ok' }]);
  });

  it('with a hole before what was taken is broken, and names the partition', () => {
    expect(judgeAccounts([account({ inLedger: 7 }, 2)])).toMatchObject([
      {
        severity: 'broken',
        where: 'causeway.records.v1/2',
        what: expect.stringMatching(/^1 of 10 messages are neither/),
      },
    ]);
  });

  it('with more places than messages is broken', () => {
    expect(judgeAccounts([account({ inLedger: 12 })])).toMatchObject([
      { severity: 'broken', what: expect.stringMatching(/^2 more places/) },
    ]);
  });
});

describe('the log', () => {
  it('that lags behind in what it publishes, and causes that never come, are found by their age', () => {
    expect(judgePublication({ entries: 0, oldestMs: null })).toMatchObject({ severity: 'ok' });
    expect(judgePublication({ entries: 3, oldestMs: 400 })).toMatchObject({ severity: 'ok' });
    expect(judgePublication({ entries: 3, oldestMs: 60_000 })).toMatchObject({ severity: 'failing' });
    expect(judgeWork(QUIET).map(({ severity }) => severity)).toEqual(['ok', 'ok']);
    expect(judgeWork({ ...QUIET, waiting: 1, waitingMs: 90_000 })[0]).toMatchObject({ severity: 'attention' });
  });

  it('that is shorter than what was published was cut', () => {
    expect(judgeWork({ ...QUIET, cut: 4 })[0]).toMatchObject({ severity: 'broken', check: 'tree' });
  });

  it('names the newest dead letter for a day, and then only counts them', () => {
    const lastParked = { place: 'causeway.intents.v1/0/7', reason: 'not-json', ageMs: 60_000 };
    expect(judgeWork({ ...QUIET, parked: 5, parkedLately: 1, lastParked })[1]).toMatchObject({
      severity: 'attention',
      what: expect.stringContaining('causeway.intents.v1/0/7 (not-json)'),
    });
    expect(judgeWork({ ...QUIET, parked: 5, lastParked })[1]).toMatchObject({
      severity: 'ok',
      what: '5, none in 24 h',
    });
  });

  it('names the first damaged index', () => {
    expect(judgeTree({ index: 3, detail: 'missing' }, 10, 0)).toMatchObject({
      severity: 'broken',
      what: 'damaged at index 3: missing',
    });
    const unknown = { index: 3, detail: 'signed by no key', isKeyUnknown: true };
    expect(judgeTree(unknown, 10, 0)).toMatchObject({
      what: 'cannot be verified from index 3 on: signed by no key',
      remedy: expect.stringMatching(/^put that key back into CAUSEWAY_TRUST_FILE/),
    });
    expect(judgeTree(null, 10, 0).what).toContain('all 10 entries');
    expect(judgeTree(null, 30_000, 10_000).what).toContain('the newest 20000 of 30000 entries');
  });
});

describe('topics that were made anew', () => {
  const NOW = Date.parse('2026-01-02T12:00:00Z');
  const first = { topic: 'causeway.results.v1', number: 0, id: 'a', size: 0, at: new Date(NOW) };
  const second = { ...first, number: 1, id: 'b', size: 7 };

  it('are to be looked at for a day, by name, and then only counted', () => {
    expect(judgeGenerations([first], NOW)).toMatchObject([{ severity: 'ok', what: '0 made anew, none in 24 h' }]);
    expect(judgeGenerations([first, second], NOW + 60_000)).toMatchObject([
      { severity: 'attention', where: 'causeway.results.v1', what: expect.stringContaining('7 entries') },
    ]);
    expect(judgeGenerations([first, second], NOW + 25 * 3_600_000)).toMatchObject([{ severity: 'ok' }]);
  });
});

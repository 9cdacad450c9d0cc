import { asLines, balanceOf } from './balance';

const range = { topic: 'causeway.results.v1', partition: 2, start: 10n, end: 110n };

describe('the accounting of a partition', () => {
  it('given every place is in one of the tables, adds up', () => {
    const balance = balanceOf(range, { inLedger: 90, duplicates: 7, parked: 3, waiting: 0 });
    expect(balance).toMatchObject({ produced: 100, missing: 0, addsUp: true });
    expect(asLines([balance])).toContain('100 produced = 90 in ledger + 7 duplicates + 3 parked');
    expect(asLines([balance])).toContain('adds up: 100 messages on 1 partitions');
  });

  it('given a place is nowhere, names the partition and how many wait', () => {
    const balance = balanceOf(range, { inLedger: 90, duplicates: 7, parked: 1, waiting: 1 });
    expect(balance).toMatchObject({ missing: 2, addsUp: false });
    expect(asLines([balance])).toContain('2 missing (1 of them wait for a cause)');
    expect(asLines([balance])).toContain('does not add up: causeway.results.v1/2 (2 missing)');
  });

  it('given more is counted than was produced, does not add up', () => {
    expect(balanceOf(range, { inLedger: 100, duplicates: 1, parked: 0, waiting: 0 }).addsUp).toBe(false);
  });

  it('given nothing is counted at all, all is missing', () => {
    expect(balanceOf(range)).toMatchObject({ missing: 100, addsUp: false });
  });
});

import { RecoveryClock } from './recovery';

describe('the time from a kill until the work goes on', () => {
  const ms = (clock: RecoveryClock): number[] => clock.recovered.map((one) => one.ms);

  it('ends with the first work that the service did after the kill, when that is known', () => {
    const clock = new RecoveryClock();
    clock.killed('ledger', 1_000, false);
    clock.worked('ledger', 1_000, 1_500);
    clock.worked('sequencer', 1_200, 1_500);
    expect(clock.missing()).toHaveLength(1);
    clock.worked('ledger', 1_001, 4_000);
    expect(ms(clock)).toEqual([3_000]);
    expect(clock.missing()).toEqual([]);
  });

  it('counts the work of either of a pair', () => {
    const clock = new RecoveryClock();
    clock.killed('sequencer-2', 1_000, false);
    clock.worked('sequencer', 1_100, 1_200);
    expect(ms(clock)).toEqual([200]);
  });

  it('begins anew with another kill before', () => {
    const clock = new RecoveryClock();
    clock.killed('console', 1_000, false);
    clock.killed('console', 2_000, false);
    clock.worked('console', 2_100, 2_500);
    expect(ms(clock)).toEqual([500]);
    expect(clock.superseded).toBe(1);
  });

  it('tells apart what another fault disturbed', () => {
    const clock = new RecoveryClock();
    clock.killed('console', 1_000, false);
    clock.disturb();
    clock.worked('console', 1_100, 1_200);
    expect(clock.recovered).toMatchObject([{ disturbed: true }]);
  });
});

import fc from 'fast-check';
import { OffsetTracker } from './offset-tracker';

describe('the offset of a partition', () => {
  it('moves over what is finished from the front only', () => {
    const tracker = new OffsetTracker();
    const [a, b, c] = ['9', '19', '29'].map((last) => tracker.begin(last, 10, 100));
    tracker.finish(b!);
    expect(tracker.toCommit()).toBeNull();
    tracker.finish(a!);
    expect(tracker.toCommit()).toBe('20');
    tracker.committed('20');
    expect(tracker.toCommit()).toBeNull();
    tracker.finish(c!);
    expect(tracker.toCommit()).toBe('30');
  });

  it('tells what lies behind what was handed over', () => {
    const tracker = new OffsetTracker();
    expect(tracker.isBehind('0')).toBe(false);
    tracker.begin('9', 10, 100);
    expect(['9', '10', '11', null].map((offset) => tracker.isBehind(offset))).toEqual([true, false, false, false]);
  });

  it('is never past anything unfinished, whatever the order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Array.from({ length: 20 }, (_, i) => i)), (order) => {
        const tracker = new OffsetTracker();
        const tickets = Array.from({ length: 20 }, (_, i) => tracker.begin(String(i), 1, 1));
        order.forEach((i) => tracker.finish(tickets[i]!));
        const open = Array.from({ length: 20 }, (_, i) => i).find((i) => !order.includes(i)) ?? 20;
        expect(tracker.toCommit()).toBe(open === 0 ? null : String(open));
        expect(tracker.inFlight().messages).toBe(20 - open);
      }),
    );
  });

  it('stays to be committed when it moved on while a commit was under way', () => {
    const tracker = new OffsetTracker();
    const [a, b] = [tracker.begin('0', 1, 1), tracker.begin('1', 1, 1)];
    tracker.finish(a);
    const under = tracker.toCommit()!;
    tracker.finish(b);
    tracker.committed(under);
    expect(tracker.toCommit()).toBe('2');
  });

  it('knows offsets beyond 2^53', () => {
    const tracker = new OffsetTracker();
    tracker.finish(tracker.begin('9007199254740993', 1, 1));
    expect(tracker.toCommit()).toBe('9007199254740994');
  });
});

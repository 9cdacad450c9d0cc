import { WallClock } from './wall-clock';

describe('a wall clock', () => {
  afterEach(() => jest.restoreAllMocks());
  const setBy = (ms: number): void => {
    const now = Date.now() + ms;
    jest.spyOn(Date, 'now').mockReturnValue(now);
  };

  it('that was set back is noticed once', () => {
    const clock = new WallClock();
    expect(clock.wasSetBack()).toBe(false);
    setBy(-30 * 86_400_000);
    expect([clock.wasSetBack(), clock.wasSetBack()]).toEqual([true, false]);
  });

  it('that was set on, or runs a little slow, is not', () => {
    const clock = new WallClock();
    setBy(-500);
    expect(clock.wasSetBack()).toBe(false);
    setBy(3_600_000);
    expect(clock.wasSetBack()).toBe(false);
  });
});

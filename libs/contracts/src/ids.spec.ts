import fc from 'fast-check';
import { instant } from './ids';

const isInstant = (text: string): boolean => instant.safeParse(text).success;
/** A time that a calendar knows comes back from one as it was. */
const exists = (text: string): boolean => {
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === text;
};
const two = (most: number): fc.Arbitrary<string> => fc.nat(most).map((n) => String(n).padStart(2, '0'));
const form = fc
  .tuple(fc.integer({ min: 1, max: 9_999 }), two(13), two(32), two(24), two(60), two(60))
  .map(([year, month, day, h, m, s]) => `${String(year).padStart(4, '0')}-${month}-${day}T${h}:${m}:${s}.000Z`);

describe('an instant', () => {
  it('is of a day and a time that exist, and every one of them is', () => {
    fc.assert(
      fc.property(form, (text) => {
        expect([text, isInstant(text)]).toEqual([text, exists(text)]);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['2024-02-29', '2000-02-29', '0004-02-29', '0001-01-01', '9999-12-31'])('is %s', (day) => {
    expect(isInstant(`${day}T23:59:59.123456789Z`)).toBe(true);
  });

  it.each([
    '2026-02-29',
    '1900-02-29',
    '2026-02-30',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '0000-00-00',
    '0000-01-01',
  ])('is not %s', (day) => {
    expect(isInstant(`${day}T00:00:00.000Z`)).toBe(false);
  });

  it.each(['24:00:00', '23:60:00', '23:59:60', '99:99:99'])('is at no time %s', (time) => {
    expect(isInstant(`2026-01-31T${time}.000Z`)).toBe(false);
  });
});

import { stateOver, uncoveredIn, type CoverageInterval } from './coverage';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString();
const seconds = (instant: string): number => (Date.parse(instant) - Date.parse(at(0))) / 1_000;

const said = (kind: CoverageInterval['kind'], from: number, to: number, index = 0): CoverageInterval => ({
  ...{ target: 'edge', kind, from: at(from), to: at(to), firstIndex: index, lastIndex: index },
  reason: kind === 'gap' ? 'history was cut' : null,
});

const told = (...statements: CoverageInterval[]): CoverageInterval[] =>
  statements.reduce<CoverageInterval[]>(stateOver, []);
const short = (intervals: readonly CoverageInterval[]) =>
  intervals.map(({ kind, from, to }) => [kind, seconds(from), seconds(to)]);

describe('what observers vouch for', () => {
  it('grows into one interval as they go on, and remembers the first and the last entry of it', () => {
    const intervals = told(said('covered', 0, 5, 3), said('covered', 5, 9, 7), said('covered', 9, 10, 8));
    expect(short(intervals)).toEqual([['covered', 0, 10]]);
    expect(intervals[0]).toMatchObject({ firstIndex: 3, lastIndex: 8 });
  });

  it('keeps apart what does not touch', () => {
    expect(short(told(said('covered', 6, 9), said('covered', 0, 5)))).toEqual([
      ['covered', 0, 5],
      ['covered', 6, 9],
    ]);
  });

  it('is cut by a later gap, and healed by a later covering', () => {
    const cut = [said('covered', 0, 10), said('gap', 4, 6)];
    expect(short(told(...cut))).toEqual([
      ['covered', 0, 4],
      ['gap', 4, 6],
      ['covered', 6, 10],
    ]);
    expect(short(told(...cut, said('covered', 3, 7)))).toEqual([['covered', 0, 10]]);
  });

  it('is not changed by an interval without a length', () => {
    expect(short(told(said('covered', 0, 5), said('gap', 3, 3)))).toEqual([['covered', 0, 5]]);
  });
});

describe('what nobody vouches for', () => {
  const holes = (intervals: readonly CoverageInterval[], from: number, to: number) =>
    uncoveredIn(intervals, at(from), at(to)).map((hole) => [seconds(hole.from), seconds(hole.to), hole.reason]);

  it.each<[string, CoverageInterval[], number, number, unknown[]]>([
    ['all of it when nothing was said', [], 1, 3, [[1, 3, null]]],
    ['nothing inside a covered interval', told(said('covered', 0, 9)), 1, 3, []],
    ['nothing at its very edges', told(said('covered', 1, 3)), 1, 3, []],
    [
      'what comes before and after',
      told(said('covered', 2, 3)),
      1,
      5,
      [
        [1, 2, null],
        [3, 5, null],
      ],
    ],
    ['a gap, with its reason', told(said('covered', 0, 9), said('gap', 4, 6)), 5, 8, [[5, 6, 'history was cut']]],
  ])('is %s', (_, intervals, from, to, expected) => {
    expect(holes(intervals, from, to)).toEqual(expected);
  });
});

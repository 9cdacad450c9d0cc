import { coverageOf } from './coverage';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const untold = { target: 'folder', from: at(10), to: at(20) };
const covered = (from: number, to: number) => ({
  target: 'folder',
  kind: 'covered',
  from: at(from),
  to: at(to),
  reason: null,
});
const gap = (from: number, to: number) => ({ from: at(from), to: at(to), reason: 'rotated away' });
const missing = (from: number, to: number) => ({ target: 'folder', kind: 'gap', ...gap(from, to) });

it('covers the time from the last covered instant to the beginning of the sweep', () => {
  expect(coverageOf(untold, null)).toEqual([covered(10, 20)]);
});

it('tells nothing of no time, and nothing when the clock was set back', () => {
  expect(coverageOf({ ...untold, to: at(10) }, null)).toEqual([]);
  expect(coverageOf({ ...untold, to: at(5) }, null)).toEqual([]);
});

it.each([
  ['in the middle', gap(12, 15), [covered(10, 12), missing(12, 15), covered(15, 20)]],
  ['from the beginning', gap(10, 15), [missing(10, 15), covered(15, 20)]],
  ['to the end', gap(15, 20), [covered(10, 15), missing(15, 20)]],
  ['all of it', gap(10, 20), [missing(10, 20)]],
  ['reaching back into covered time', gap(5, 12), [missing(5, 12), covered(12, 20)]],
  ['long ago', gap(1, 3), [missing(1, 3), covered(10, 20)]],
  ['beyond the sweep', gap(15, 25), [covered(10, 15), missing(15, 25)]],
])('leaves a gap out of what is covered: %s', (_, one, told) => {
  expect(coverageOf(untold, one)).toEqual(told);
});

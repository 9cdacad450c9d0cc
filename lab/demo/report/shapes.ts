import type { Mark } from './data';
import { markup, type Markup } from './markup';

/** Each class has a shape of its own, so that nobody needs the colours. */
export function markShape(kind: Mark['class'], x: number, y: number): Markup {
  const shape = SHAPES[kind];
  return markup`<path class="mark ${kind}" transform="translate(${x} ${y})" d="${shape}"/>`;
}

const SHAPES: Readonly<Record<Mark['class'], string>> = {
  expected: 'M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z',
  early: 'M4.5-5.5L-5.5 0L4.5 5.5z',
  late: 'M-4.5-5.5L5.5 0L-4.5 5.5z',
  repeated: 'M-4.5-4.5h9v9h-9z',
  undeclared: 'M0-6L5.5 4.5H-5.5z',
  'different-content': 'M-3-5.5h6L6 0L3 5.5h-6L-6 0z',
  'by-hand': 'M0-6L6 0L0 6L-6 0z',
};

/** A request that was served is a short line at the foot, one that was denied a line over the whole lane. */
export function requestLines(xs: readonly number[], kind: 'served' | 'denied', y: number, height: number): Markup {
  const from = kind === 'served' ? y + height * 0.62 : y;
  const length = kind === 'served' ? height * 0.38 : height;
  const path = xs.map((x) => `M${x.toFixed(1)} ${from.toFixed(1)}v${length.toFixed(1)}`).join('');
  return markup`<path class="${kind}" d="${path}"/>`;
}

import fc from 'fast-check';
import { depthWithin, hasFewOpeners } from './json-depth';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

describe('the depth of JSON text', () => {
  it('is that of the parsed value, whatever strings and keys hold', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const depth = depthOf(JSON.parse(text));
        expect(depthWithin(bytes(text), depth)).toBe(true);
        if (depth > 0) expect(depthWithin(bytes(text), depth - 1)).toBe(false);
      }),
    );
  });

  it.each([
    ['brackets in a string', '["[[[[", "{{{{"]', 1],
    ['an escaped quote before brackets', '["\\"[[[[[["]', 1],
    ['an escaped backslash before the closing quote', '["\\\\", [1]]', 2],
    ['nothing nested', '"text"', 0],
  ])('counts %s rightly', (_, text, depth) => {
    expect(depthWithin(bytes(text), depth)).toBe(true);
    if (depth > 0) expect(depthWithin(bytes(text), depth - 1)).toBe(false);
  });

  it.each(['[', '{"a":', '[{"a":'])('is found too much at 20,000 times %s without running out of stack', (piece) => {
    expect(depthWithin(bytes(piece.repeat(20_000)), 64)).toBe(false);
  });

  it('gives some answer on any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => typeof depthWithin(any, 3) === 'boolean'));
  });

  it('is never more than the openers, wherever they stand', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.nat(8), (text, limit) => {
        if (hasFewOpeners(text, limit)) expect(depthWithin(bytes(text), limit)).toBe(true);
        else expect(text.split(/[[{]/).length - 1).toBeGreaterThan(limit);
      }),
    );
  });
});

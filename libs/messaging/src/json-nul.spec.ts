import fc from 'fast-check';
import { saysNul, withoutNul } from './json-nul';

const says = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.includes('\u0000')
    : typeof value === 'object' && value !== null && Object.entries(value).some((pair) => pair.some(says));

/** Texts in which everything that looks like U+0000 is frequent. */
const piece = fc.constantFrom('\u0000', '\\', '"', 'u0000', '\\u0000', 'a', '\ud800');
const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
const json = fc.oneof(text, fc.array(text), fc.dictionary(text, text));

describe('U+0000 in JSON text', () => {
  it('is found exactly when a text or a name of the value holds it, also in a text that is JSON itself', () => {
    fc.assert(
      fc.property(json, fc.boolean(), (inner, twice) => {
        const value = twice ? JSON.stringify(inner) : inner;
        expect(saysNul(JSON.stringify(value))).toBe(says(value));
      }),
    );
  });

  it('is replaced, and nothing else is', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(JSON.parse(withoutNul(JSON.stringify(value)))).toBe(value.replaceAll('\u0000', '\ufffd'));
      }),
    );
  });

  it('takes no longer than the text is long', () => {
    const startedAt = performance.now();
    expect(saysNul('\\'.repeat(262_144) + 'u0000'.repeat(50_000))).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

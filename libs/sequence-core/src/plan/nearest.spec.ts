import fc from 'fast-check';
import { editDistance, hintFor, nearest } from './nearest';

/** Slow twin: the recursive definition, without tables. */
function slow(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const same = a.at(-1) === b.at(-1) ? 0 : 1;
  const costs = [slow(a.slice(0, -1), b) + 1, slow(a, b.slice(0, -1)) + 1, slow(a.slice(0, -1), b.slice(0, -1)) + same];
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1))
    costs.push(slow(a.slice(0, -2), b.slice(0, -2)) + 1);
  return Math.min(...costs);
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 });

describe('edit distance', () => {
  it('counts letters put in, left out, changed, and neighbours swapped', () => {
    expect(editDistance('egde', 'edge')).toBe(1);
    expect(editDistance('shop', 'shops')).toBe(1);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });

  it('is what its definition says', () => {
    fc.assert(fc.property(word, word, (a, b) => editDistance(a, b) === slow(a, b)));
  });

  it('with a limit: the same below it, above it when above', () => {
    fc.assert(
      fc.property(word, word, fc.nat(5), (a, b, most) => {
        const exact = slow(a, b);
        const answer = editDistance(a, b, most);
        return exact <= most ? answer === exact : answer > most;
      }),
    );
  });
});

describe('the name that was meant', () => {
  it('is the nearest one', () => expect(nearest('deply', ['apply', 'deploy', 'delay'])).toBe('deploy'));
  it('is none when all are far', () => expect(nearest('gateway', ['idp', 'shop', 'flags'])).toBeNull());
  it('is none when nothing of it is right', () => expect(nearest('E', ['A', 'B'])).toBeNull());

  it('else the names are listed, of many only the first', () => {
    const many = Array.from({ length: 30 }, (_, i) => `target-${i}`);
    expect(hintFor('zzz', ['idp', 'shop'])).toBe('Known: idp, shop.');
    expect(hintFor('zzz', many)).toMatch(/^Known: target-0, .* and 18 more\.$/);
    expect(hintFor('zzz', [])).toBe('There is none to choose from.');
  });
});

import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson, canonicalOrNull, numberText } from './canonical-json';
import { CANONICAL_DEPTH_LIMIT, CanonicalJsonError } from './canonical-rules';

function refusalOf(value: unknown): [string, string] {
  try {
    canonicalJson(value);
  } catch (error) {
    if (error instanceof CanonicalJsonError) return [error.fault, error.pointer];
    throw error;
  }
  throw new Error('it was written');
}

/** Any JSON value but those that the guard refuses rightly: with an integer beyond 2^53 - 1 in it. */
const json = fc
  .jsonValue({ stringUnit: 'binary' })
  .filter((value) => canonicalOrNull(value) !== null || !/\d{16}|e\+/.test(JSON.stringify(value)));

describe('canonical JSON (C1, C2: RFC 8785)', () => {
  it('is what the reference implementation writes', () => {
    fc.assert(
      fc.property(json, (value) => expect(canonicalJson(value)).toBe(canonicalize(value))),
      { numRuns: 500 },
    );
  });

  it('parses back to the same value', () => {
    fc.assert(
      fc.property(json, (value) => expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value))),
    );
  });

  it('does not depend on the order of names', () => {
    const members = fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary' }), fc.integer()), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(members, (pairs) =>
        expect(canonicalJson(Object.fromEntries(pairs))).toBe(canonicalJson(Object.fromEntries([...pairs].reverse()))),
      ),
    );
  });

  it('writes the example of section 3.2.3 in its order', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\u{1f600}': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    const order = ['\\r', '1', '\u0080', '\u00f6', '\u20ac', '\u{1f600}', '\ufb33'];
    expect([...canonicalJson(value).matchAll(/"([^"]+)":/g)].map((match) => match[1])).toEqual(order);
  });

  it('writes the strings and literals of the example of section 3.2.2', () => {
    const value = { string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"\u002f', literals: [null, true, false] };
    expect(canonicalJson(value)).toBe('{"literals":[null,true,false],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}');
  });

  // Appendix B: IEEE 754 bits and the text.
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('spells the number %s as %s', (bits, text) => {
    expect(numberText(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text);
  });
});

describe('what has no canonical form is refused at its place (C3, C4)', () => {
  class Money {
    amount = 1;
  }
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);

  it.each<[string, unknown, string, string]>([
    ['undefined', undefined, 'undefined', ''],
    ['an undefined member', { a: { b: undefined } }, 'undefined', '/a/b'],
    ['a hole', { list: new Array(1) }, 'undefined', '/list/0'],
    ['NaN', [Number.NaN], 'not-finite', '/0'],
    ['infinity', { a: -Infinity }, 'not-finite', '/a'],
    ['an integer beyond 2^53 - 1', { a: [2 ** 53] }, 'unsafe-integer', '/a/0'],
    ['half a pair in a text', { a: 'x\ud83d' }, 'lone-surrogate', '/a'],
    ['half a pair in a long text', { a: `${'x'.repeat(100)}\udc00` }, 'lone-surrogate', '/a'],
    ['half a pair in a name', { 'x\ud83d': 1 }, 'lone-surrogate', '/x\ud83d'],
    ['a bigint', [[1n]], 'not-json', '/0/0'],
    ['a function', { toJSON: () => 1 }, 'not-json', '/toJSON'],
    ['a symbol', [Symbol('s')], 'not-json', '/0'],
    ['a date', { at: new Date(0) }, 'not-json', '/at'],
    ['a map', { m: new Map() }, 'not-json', '/m'],
    ['bytes', { b: new Uint8Array(1) }, 'not-json', '/b'],
    ['an instance of a class', { price: new Money() }, 'not-json', '/price'],
    ['a name that a pointer escapes', { 'a/b~c': undefined }, 'undefined', '/a~1b~0c'],
  ])('%s', (_, value, fault, pointer) => {
    expect(refusalOf(value)).toEqual([fault, pointer]);
    expect(canonicalOrNull(value)).toBeNull();
  });

  it('nesting beyond the limit, and no stack overflows on the way', () => {
    expect(canonicalJson(deep(CANONICAL_DEPTH_LIMIT))).toHaveLength(2 * CANONICAL_DEPTH_LIMIT + 1);
    expect(refusalOf(deep(CANONICAL_DEPTH_LIMIT + 1))[0]).toBe('too-deep');
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    expect(refusalOf(cyclic)[0]).toBe('too-deep');
  });
});

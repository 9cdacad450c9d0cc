import fc from 'fast-check';
import { base64Decode, base64Encode } from './base64';
import { hexDecode, hexEncode } from './hex';
import { utf8Decode, utf8Encode } from './utf8';

const bytes = fc.uint8Array({ maxLength: 100 });
const wellFormed = fc.string({ unit: 'binary', maxLength: 60 });

function platformDecode(input: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(input);
  } catch {
    return null;
  }
}

describe('UTF-8', () => {
  it('is written as the platform writes it', () => {
    fc.assert(fc.property(wellFormed, (text) => expect([...utf8Encode(text)]).toEqual([...Buffer.from(text)])));
  });

  it('is read as the platform reads it, and refused where the platform refuses it', () => {
    const nearly = fc.array(
      fc.constantFrom(0x41, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xa0, 0xef, 0xf0, 0xf4, 0x90, 0xf5),
    );
    fc.assert(fc.property(bytes, (input) => expect(utf8Decode(input)).toBe(platformDecode(input))));
    fc.assert(
      fc.property(nearly, (input) =>
        expect(utf8Decode(Uint8Array.from(input))).toBe(platformDecode(Uint8Array.from(input))),
      ),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(wellFormed, (text) => expect(utf8Decode(utf8Encode(text))).toBe(text)));
  });

  it.each([
    ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong euro sign', [0xf0, 0x82, 0x82, 0xac]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a point over U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['half a character', [0xe2, 0x82]],
  ])('refuses %s', (_, input) => expect(utf8Decode(Uint8Array.from(input))).toBeNull());

  it('has no bytes for a lone surrogate', () => expect(() => utf8Encode('a\ud800b')).toThrow(RangeError));
});

describe('base64', () => {
  it('is written as the platform writes it and read back', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        expect(base64Encode(input)).toBe(Buffer.from(input).toString('base64'));
        expect([...(base64Decode(base64Encode(input)) ?? [])]).toEqual([...input]);
      }),
    );
  });

  it('has one text for each bytes: whatever else is read is refused', () => {
    const nearly = fc.string({ unit: fc.constantFrom('A', 'B', 'Q', '/', '=', ' ', '-', '\n'), maxLength: 12 });
    fc.assert(
      fc.property(nearly, (text) => {
        const decoded = base64Decode(text);
        if (decoded) expect(base64Encode(decoded)).toBe(text);
        else expect(Buffer.from(text, 'base64').toString('base64')).not.toBe(text);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['no padding', 'QQ'],
    ['bits beyond the bytes', 'QR=='],
    ['the URL alphabet', '-_-_'],
    ['a line break', 'QUFB\n'],
    ['padding in the middle', 'QQ==QUFB'],
    ['a character outside ASCII', 'QUF\u0142'],
  ])('refuses %s', (_, text) => expect(base64Decode(text)).toBeNull());
});

describe('hex', () => {
  it('is lower-case and read back', () => {
    fc.assert(fc.property(bytes, (input) => expect(hexEncode(input)).toBe(Buffer.from(input).toString('hex'))));
    fc.assert(fc.property(bytes, (input) => expect([...(hexDecode(hexEncode(input)) ?? [])]).toEqual([...input])));
  });

  it.each(['0', 'AB', 'g0', ' 00'])('refuses "%s"', (text) => expect(hexDecode(text)).toBeNull());
});

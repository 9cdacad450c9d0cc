import { exportOf, ports, sampleLedger } from '../../spec/sample-ledger';
import { hexEncode } from '../bytes/hex';
import { joinBytes } from '../bytes/join';
import type { VerifyEd25519 } from '../checkpoint/signed-note';
import type { ExportVerdict } from './export-verdict';
import { verifyExport } from './verify-export';

/** Thousands of verifications a test: seconds on a quiet machine, more on a busy one. */
jest.setTimeout(120_000);

const sample = sampleLedger([1, 2]);
const file = exportOf(sample);
const LAST_LINE = 5;
const NEWLINE = 0x0a;

/** Most flips leave most signatures as they were; each different one is verified once. */
const verdicts = new Map<string, boolean>();
const remembered: VerifyEd25519 = (publicKey, bytes, signature) => {
  const question = [publicKey, ports.sha256(bytes), signature].map(hexEncode).join();
  const known = verdicts.get(question) ?? ports.verifyEd25519(publicKey, bytes, signature);
  verdicts.set(question, known);
  return known;
};
const verify = (bytes: Uint8Array): ExportVerdict => verifyExport(bytes, { ...ports, verifyEd25519: remembered });

const withByte = (at: number, byte: number): Uint8Array => {
  const changed = file.slice();
  changed[at] = byte;
  return changed;
};

/** The line that each byte belongs to; a newline belongs to the line that it ends. */
function lineNumbers(): number[] {
  let line = 1;
  return [...file].map((byte) => (byte === NEWLINE ? line++ : line));
}

describe('any one byte of an export changed (X1)', () => {
  const lines = lineNumbers();
  const placeOf = (line: number): string =>
    line === 1 || line === LAST_LINE ? `line ${line}` : `line ${line}, entry ${line - 2}`;
  const foundAt = (bytes: Uint8Array): string => {
    const verdict = verify(bytes);
    if (verdict.ok) return 'nowhere';
    return verdict.index === undefined ? `line ${verdict.line}` : `line ${verdict.line}, entry ${verdict.index}`;
  };

  it.each([
    ['its lowest bit flipped', (byte: number) => byte ^ 0x01],
    ['its case or the like flipped', (byte: number) => byte ^ 0x20],
    ['its highest bit flipped', (byte: number) => byte ^ 0x80],
    ['made a newline', () => NEWLINE],
  ])('%s, is found at its line, and at its index where it is an entry', (_, change) => {
    const wrong: unknown[] = [];
    file.forEach((byte, at) => {
      const place = placeOf(lines[at] as number);
      const found = change(byte) === byte ? place : foundAt(withByte(at, change(byte)));
      // A seal cut in two is no longer the last line, so its first half is judged as an entry when its beginning is gone.
      const isFound = place === `line ${LAST_LINE}` ? found.startsWith(place) : found === place;
      if (!isFound) wrong.push({ at, place, found });
    });
    expect(wrong).toEqual([]);
  });

  it('dropped or doubled, is found at its line', () => {
    const wrong: unknown[] = [];
    file.forEach((byte, at) => {
      const line = lines[at] as number;
      const dropped = foundAt(joinBytes([file.subarray(0, at), file.subarray(at + 1)]));
      const doubled = foundAt(joinBytes([file.subarray(0, at + 1), file.subarray(at)]));
      // A newline doubled makes an empty line after the line that it ends.
      const lineOfDoubled = byte === NEWLINE && line < LAST_LINE ? line + 1 : line;
      if (!dropped.startsWith(`line ${line}`)) wrong.push({ at, line, dropped });
      if (!doubled.startsWith(`line ${lineOfDoubled}`)) wrong.push({ at, line, doubled });
    });
    expect(wrong).toEqual([]);
  });

  it('cut off at any byte, is found', () => {
    for (let length = 0; length < file.length; length++) expect(verify(file.subarray(0, length)).ok).toBe(false);
  });
});

describe('an export read in pieces', () => {
  it.each([1, 7, 64, 1000])('of %i bytes is the same', (size) => {
    function* pieces(): Generator<Uint8Array> {
      for (let at = 0; at < file.length; at += size) yield file.slice(at, at + size);
    }
    expect(verifyExport(pieces(), ports)).toEqual(verify(file));
    expect(verify(file)).toMatchObject({ ok: true, entries: 3 });
  });
});

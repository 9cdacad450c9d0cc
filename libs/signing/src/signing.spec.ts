import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createVerifier, generateKeys, loadSigner, loadVerifier, newEventId } from './index';

const dir = mkdtempSync(join(tmpdir(), 'causeway-keys-'));
const keys = generateKeys(dir, ['sequencer', 'ledger']);
const signer = loadSigner(keys.keyFile('sequencer'));
const values = (count: number): Buffer[] => Array.from({ length: count }, (_, i) => Buffer.from(`{"n":${i}}`));

describe('signatures of messages', () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 100])('of a batch of %i each verify alone', (count) => {
    const verifier = loadVerifier(keys.trustFile);
    const batch = values(count);
    signer.sign(batch).forEach((header, i) => {
      expect(verifier.verify(header, batch[i] as Buffer)).toEqual({
        ok: true,
        principal: 'sequencer',
        keyId: 'sequencer/1',
      });
    });
  });

  it('do not cover another message of the same batch', () => {
    const verifier = loadVerifier(keys.trustFile);
    const batch = values(5);
    const headers = signer.sign(batch);
    batch.forEach((value, i) =>
      headers.forEach((header, k) => expect(verifier.verify(header, value).ok).toBe(i === k)),
    );
  });

  it('of a batch are judged alike, whatever was verified before', () => {
    const change = fc.record({
      size: fc.integer({ min: 2, max: 20 }),
      of: fc.nat(19),
      value: fc.nat(19),
      at: fc.nat(),
      char: fc.constantFrom('A', '0', '1', ';', '/', 'z', '='),
      order: fc.shuffledSubarray([...Array(20).keys()], { minLength: 0 }),
    });
    fc.assert(
      fc.property(change, ({ size, of, value, at, char, order }) => {
        const batch = values(size);
        const headers = signer.sign(batch);
        const experienced = loadVerifier(keys.trustFile);
        for (const i of order.filter((n) => n < size)) {
          expect(experienced.verify(headers[i], batch[i] as Buffer).ok).toBe(true);
        }
        const header = headers[of % size] as string;
        const place = at % header.length;
        for (const text of [header, header.slice(0, place) + char + header.slice(place + 1), `${header}AAAA`]) {
          const shown = batch[value % size] as Buffer;
          const judged = experienced.verify(text, shown);
          expect(judged).toEqual(loadVerifier(keys.trustFile).verify(text, shown));
          expect(judged.ok).toBe(text === header && of % size === value % size);
        }
        // And nothing that was shown has taught it anything wrong.
        headers.forEach((good, i) => expect(experienced.verify(good, batch[i] as Buffer).ok).toBe(true));
      }),
      { numRuns: 400 },
    );
  });

  it('break when any character of the header changes', () => {
    const batch = values(6);
    const header = signer.sign(batch)[3] as string;
    fc.assert(
      fc.property(fc.nat(header.length - 1), fc.constantFrom('A', '0', ';', '/', 'z', '='), (at, char) => {
        const changed = header.slice(0, at) + char + header.slice(at + 1);
        const verifier = loadVerifier(keys.trustFile);
        expect(verifier.verify(header, batch[3] as Buffer).ok).toBe(true);
        if (changed !== header) expect(verifier.verify(changed, batch[3] as Buffer).ok).toBe(false);
      }),
    );
  });

  it('are refused with a reason when absent or by a key nobody trusts', () => {
    const verifier = createVerifier([]);
    expect(verifier.verify(undefined, Buffer.from('{}'))).toMatchObject({ ok: false, reason: 'unsigned' });
    expect(verifier.verify('hello', Buffer.from('{}'))).toMatchObject({ ok: false, reason: 'bad-signature' });
    expect(verifier.verify(signer.sign(values(1))[0], Buffer.from('{"n":0}'))).toMatchObject({
      ok: false,
      reason: 'unknown-key',
    });
  });
});

describe('a key file', () => {
  it.each([
    ['cut', (text: string) => text.slice(0, -20)],
    ['the key alone', (text: string) => (JSON.parse(text) as { privateKey: string }).privateKey],
  ])('that is %s is refused by its name, and nothing of the key is said', (_, change) => {
    const path = join(dir, 'broken.key.json');
    writeFileSync(path, change(readFileSync(keys.keyFile('sequencer'), 'utf8')));
    expect(() => loadSigner(path)).toThrow(new Error(`key file ${path} is not JSON: it was cut, or is another file`));
    expect(() => loadVerifier(path)).toThrow(`trust file ${path} is not JSON`);
  });
});

describe('event ids', () => {
  it('are version 7 and rise with time', () => {
    const ids = [1_000, 2_000, 3_000].map((ms) => newEventId(ms));
    expect([...ids].sort()).toEqual(ids);
    ids.forEach((id) => expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/));
  });
});

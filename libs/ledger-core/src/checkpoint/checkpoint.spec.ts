import { noteSigner, ORIGIN, ports, sha256 } from '../../spec/sample-ledger';
import { checkpointText, openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint';
import { openNote, signNote } from './signed-note';
import { encodeVerifierKey, parseVerifierKey, type VerifierKey } from './verifier-key';

const ledger = noteSigner(ORIGIN);
const witness = noteSigner('witness.example/w1');
const root = sha256(Uint8Array.of(1));
const tree = { origin: ORIGIN, size: 42, root };
const note = signCheckpoint(sha256, tree, ledger);

/** From the documentation of golang.org/x/mod/sumdb/note, whose format C2SP signed-note writes down. */
const GO_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_NOTE =
  'If you think cryptography is the answer to your problem,\n' +
  "then you don't know what your problem is.\n" +
  '\n' +
  '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const SUMDB_KEY = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';

const keyOf = (vkey: string): VerifierKey => {
  const key = parseVerifierKey(sha256, vkey);
  if (!key) throw new Error(`${vkey} does not parse`);
  return key;
};

describe('a verifier key', () => {
  it.each([GO_KEY, SUMDB_KEY, encodeVerifierKey(sha256, ledger)])('%s is read and written', (vkey) => {
    expect(encodeVerifierKey(sha256, keyOf(vkey))).toBe(vkey);
  });

  it('is refused when any character of it differs', () => {
    for (let at = 0; at < GO_KEY.length; at++) {
      for (const character of ['A', '+', '0', ' ', '='].filter((each) => each !== GO_KEY[at])) {
        expect(parseVerifierKey(sha256, GO_KEY.slice(0, at) + character + GO_KEY.slice(at + 1))).toBeNull();
      }
    }
  });

  it('is not written for a name or key that has no text form', () => {
    expect(() => encodeVerifierKey(sha256, { ...ledger, name: 'two words' })).toThrow(RangeError);
    expect(() => encodeVerifierKey(sha256, { ...ledger, name: 'a+b' })).toThrow(RangeError);
    expect(() => encodeVerifierKey(sha256, { ...ledger, publicKey: new Uint8Array(31) })).toThrow(RangeError);
  });
});

describe('a signed note', () => {
  it('written by another implementation opens', () => {
    expect(openNote(ports, GO_NOTE, keyOf(GO_KEY))).toMatchObject({ ok: true, otherSignatures: 0 });
  });

  it('is refused when any character of it is changed, dropped or doubled (N1)', () => {
    const key = { name: ORIGIN, publicKey: ledger.publicKey };
    for (let at = 0; at < note.length; at++) {
      const [before, character, after] = [note.slice(0, at), note[at] as string, note.slice(at + 1)];
      const changes = ['A', '\n', '\r', '=', ' ', '\u2014'].filter((each) => each !== character);
      const changed = [
        ...changes.map((each) => before + each + after),
        before + after,
        note.slice(0, at + 1) + character + after,
      ];
      for (const text of changed) expect([text, openNote(ports, text, key).ok]).toEqual([text, false]);
    }
  });

  it.each([
    ['Windows line ends', note.replaceAll('\n', '\r\n')],
    ['a line after it', `${note}\n`],
    ['base64 with other unused bits', GO_NOTE.replace('JnAM=', 'JnAN=')],
    ['a hyphen for the dash', note.replace('\u2014', '-')],
    ['the same signature twice', note + note.slice(note.lastIndexOf('\u2014'))],
    ['no signature', note.slice(0, note.indexOf('\u2014'))],
    ['nothing in it', ''],
    ['only a signature', note.slice(note.indexOf('\n\n'))],
    ['too many signatures', note + '\u2014 w.example AAAAAAAA\n'.repeat(100)],
  ])('is refused with %s', (_, text) => {
    expect([ledger, keyOf(GO_KEY)].map((key) => openNote(ports, text, key).ok)).toEqual([false, false]);
  });

  it('keeps the signatures of witnesses apart from that of the log (N3)', () => {
    const text = checkpointText(tree);
    const both = signNote(sha256, text, [ledger, witness]);
    expect(openNote(ports, both, ledger)).toEqual({ ok: true, text, otherSignatures: 1 });
    expect(openNote(ports, both, witness)).toEqual({ ok: true, text, otherSignatures: 1 });
    expect(openNote(ports, note, witness)).toEqual({ ok: false, code: 'note-not-signed-by-key' });
  });

  it('is not signed over text that has no note form', () => {
    for (const text of ['no newline', 'tab\tin it\n', 'half \ud800\n', ''])
      expect(() => signNote(sha256, text, [ledger])).toThrow(RangeError);
  });
});

describe('a checkpoint', () => {
  it('says what was signed', () => {
    expect(openCheckpoint(ports, note, ledger)).toEqual({ ok: true, tree, otherSignatures: 0 });
    expect(note.split('\n').slice(0, 2)).toEqual([ORIGIN, '42']);
  });

  const base64 = checkpointText(tree).split('\n')[2] as string;
  it.each([
    ['an extension line', `${ORIGIN}\n42\n${base64}\nextra\n`],
    ['a leading zero', `${ORIGIN}\n042\n${base64}\n`],
    ['a sign', `${ORIGIN}\n+42\n${base64}\n`],
    ['a size beyond 2^53', `${ORIGIN}\n9007199254740993\n${base64}\n`],
    ['a short root', `${ORIGIN}\n42\nQUFB\n`],
    ['no origin', `\n42\n${base64}\n`],
    ['no last newline', `${ORIGIN}\n42\n${base64}`],
    ['a carriage return', `${ORIGIN}\n42\r\n${base64}\n`],
  ])('is not read with %s', (_, text) => {
    expect(parseCheckpoint(text)).toBeNull();
  });

  it('is refused with an extension line, though well signed', () => {
    const signed = signNote(sha256, `${checkpointText(tree)}extra\n`, [ledger]);
    expect(openCheckpoint(ports, signed, ledger)).toEqual({ ok: false, code: 'checkpoint-malformed' });
  });

  it('of one log cannot be signed with the key of another (K2)', () => {
    expect(() => signCheckpoint(sha256, tree, witness)).toThrow(RangeError);
    const forged = signNote(sha256, checkpointText(tree), [witness]);
    expect(openCheckpoint(ports, forged, witness)).toEqual({ ok: false, code: 'origin-mismatch' });
  });

  it('is not written for a size or root that is none', () => {
    for (const wrong of [{ size: -1 }, { size: 1.5 }, { root: new Uint8Array(31) }, { origin: 'two words' }])
      expect(() => checkpointText({ ...tree, ...wrong })).toThrow(RangeError);
  });
});

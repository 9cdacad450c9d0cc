import {
  entryOf,
  exportOf,
  fileOf,
  noteSigner,
  ORIGIN,
  ports,
  principal,
  sampleLedger,
  sampleMessage,
  sha256,
  uuid,
  type SampleLedger,
} from '../../spec/sample-ledger';
import { base64Encode } from '../bytes/base64';
import { signCheckpoint } from '../checkpoint/checkpoint';
import { signNote } from '../checkpoint/signed-note';
import { encodeVerifierKey } from '../checkpoint/verifier-key';
import { entryBytes, entryText, type LedgerEntry, type LedgerEntryData } from '../entry/ledger-entry';
import { leafHash } from '../merkle/tree-hash';
import { headerText, type ExportHeader } from './export-header';
import { parseSeal, sealText, type ExportSeal } from './export-seal';
import { verifyExport } from './verify-export';

const sample = sampleLedger([1, 3, 2]);
const file = exportOf(sample);
const SEAL_LINE = 8;

const encoder = new TextEncoder();
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const linesOf = (bytes: Uint8Array): string[] => textOf(bytes).slice(0, -1).split('\n');
const fileFrom = (lines: readonly string[]): Uint8Array => fileOf(lines.map((line) => encoder.encode(line)));
const verify = (bytes: Uint8Array, pinnedLedgerKey?: string) => verifyExport(bytes, { ...ports, pinnedLedgerKey });
const replaced = (line: number, text: string): Uint8Array =>
  fileFrom(linesOf(file).map((each, i) => (i === line - 1 ? text : each)));

describe('an export as the ledger wrote it', () => {
  it('verifies, and says what it proves', () => {
    expect(verify(file, sample.ledgerKey)).toEqual({
      ok: true,
      origin: ORIGIN,
      entries: 6,
      root: expect.stringMatching(/^[0-9a-f]{64}$/),
      ledgerKey: sample.ledgerKey,
      recordedUntil: '2026-01-31T12:00:01.000Z',
    });
  });

  it('of an empty log verifies', () => {
    expect(verify(exportOf(sampleLedger([])))).toMatchObject({ ok: true, entries: 0, recordedUntil: null });
  });

  it('of another ledger than the one that the reader knows does not', () => {
    expect(verify(file, sampleLedger([]).ledgerKey)).toMatchObject({
      ok: false,
      line: 1,
      code: 'ledger-key-not-pinned',
    });
  });
});

describe('lines of an export', () => {
  const lines = linesOf(file);
  const [header = '', e0 = '', e1 = '', e2 = '', e3 = '', e4 = '', e5 = '', seal = ''] = lines;

  it.each<[string, string[], object]>([
    ['one removed', [header, e0, e1, e3, e4, e5, seal], { line: 4, index: 2, code: 'index-not-next' }],
    ['the first removed', [header, e1, e2, e3, e4, e5, seal], { line: 2, index: 0, code: 'index-not-next' }],
    ['the last removed', [header, e0, e1, e2, e3, e4, seal], { line: 7, index: 5, code: 'entry-missing' }],
    ['all removed', [header, seal], { line: 2, index: 0, code: 'entry-missing' }],
    ['two swapped', [header, e0, e2, e1, e3, e4, e5, seal], { line: 3, index: 1, code: 'index-not-next' }],
    ['one doubled', [header, e0, e1, e1, e2, e3, e4, e5, seal], { line: 4, index: 2, code: 'index-not-next' }],
    ['the seal removed', lines.slice(0, -1), { line: 7, index: 5, code: 'seal-missing' }],
    ['the seal doubled', [...lines, seal], { line: 8, code: 'seal-not-last' }],
    ['only the header', [header], { line: 2, code: 'seal-missing' }],
    ['the header removed', lines.slice(1), { line: 1, code: 'header-malformed' }],
    ['nothing', [], { line: 1, code: 'empty' }],
  ])('with %s', (_, changed, fault) => expect(verify(fileFrom(changed))).toMatchObject({ ok: false, ...fault }));

  it('with one added at the end that keeps every rule', () => {
    const longer = sampleLedger([1]);
    const added = entryText(entryOf(1, sampleMessage(1), longer.entries[0]?.data.signature ?? ''));
    const [head = '', first = '', last = ''] = linesOf(exportOf(longer));
    expect(verify(fileFrom([head, first, added, last]))).toMatchObject({ ok: false, line: 3, index: 1 });
  });
});

describe('an entry that the ledger should not have recorded, though it signed the tree over it', () => {
  const TOPICS = ['causeway.records.v1', 'causeway.results.v1.dlq'];
  const signer = principal('sequencer');
  const known = (entries: LedgerEntry[]): SampleLedger => ({
    ...sample,
    header: {
      ...sample.header,
      keys: [{ keyId: 'sequencer/1', principal: 'sequencer', publicKey: signer.publicKey, topics: TOPICS }],
    },
    entries,
  });
  const signed = (index: number, message = sampleMessage(index), more: Partial<LedgerEntryData> = {}): LedgerEntry =>
    entryOf(index, message, signer.signer.sign([Buffer.from(message.value)])[0] as string, more);
  const reworded = (index: number, change: (event: object) => object): LedgerEntry => {
    const message = sampleMessage(index);
    return signed(index, { ...message, value: JSON.stringify(change(JSON.parse(message.value))) });
  };
  const first = signed(0);
  const second = signed(1);

  it.each<[string, LedgerEntry, string]>([
    ['with an index out of turn', { ...second, data: { ...second.data, index: 2 } }, 'index-not-next'],
    ['with the id of another entry', { ...second, id: first.id }, 'entry-id-repeated'],
    ['of an event recorded before', { ...signed(1, sampleMessage(0)) }, 'event-id-repeated'],
    ['that names another cause', { ...second, causationIds: [uuid(77)] }, 'event-differs'],
    ['that names two causes', { ...second, causationIds: [uuid(1), uuid(0)] }, 'event-differs'],
    ['with another event id', { ...signed(1, { ...sampleMessage(1), id: uuid(77) }) }, 'event-differs'],
    ['with another event type', signed(1, undefined, { eventType: 'causeway.step.taken.v1' }), 'event-differs'],
    ['of a text that is no message', signed(1, { ...sampleMessage(1), value: 'hello' }), 'event-malformed'],
    ['of a message without causes', reworded(1, (event) => ({ ...event, causationIds: 7 })), 'event-malformed'],
    [
      'of a message from another source',
      reworded(1, (event) => ({ ...event, source: '/ledger' })),
      'source-not-signer',
    ],
    [
      'on a topic its principal may not write',
      signed(1, undefined, { topic: 'causeway.results.v1' }),
      'topic-not-allowed',
    ],
    [
      'of a type that does not belong on its topic, though its principal may write that',
      signed(1, undefined, { topic: 'causeway.results.v1.dlq' }),
      'topic-not-allowed',
    ],
    ['with no signature', signed(1, undefined, { signature: '' }), 'signature-malformed'],
    [
      'signed by a stranger',
      signed(1, undefined, { signature: 'ed25519;stranger/1;' + 'A'.repeat(86) + '==' }),
      'key-unknown',
    ],
    ['with the signature of another', signed(1, undefined, { signature: first.data.signature }), 'signature-invalid'],
    ['before its cause', reworded(1, (event) => ({ ...event, causationIds: [uuid(5)] })), 'cause-not-before'],
    ['that is its own cause', reworded(1, (event) => ({ ...event, causationIds: [uuid(1)] })), 'cause-not-before'],
  ])('%s', (_, wrong, code) => {
    expect(verify(exportOf(known([first, wrong])))).toMatchObject({ ok: false, line: 3, index: 1, code });
  });

  it('is right, whatever its topic, when its type is of another release', () => {
    const other = reworded(1, (event) => ({ ...event, type: 'causeway.later.v1' }));
    const later = { ...other, data: { ...other.data, eventType: 'causeway.later.v1' } };
    expect(verify(exportOf(known([first, later])))).toMatchObject({ ok: true, entries: 2 });
  });

  it('is right when its missing cause is declared', () => {
    const late = reworded(1, (event) => ({ ...event, causationIds: [uuid(0), uuid(5)] }));
    const declared = { ...late, data: { ...late.data, causeMissing: [uuid(5)] } };
    expect(verify(exportOf(known([first, declared])))).toMatchObject({ ok: true, entries: 2 });
  });
});

describe('an entry altered where no rule can see it', () => {
  const altered = (index: number, change: (text: string) => string): Uint8Array =>
    replaced(index + 2, change(entryText(sample.entries[index] as LedgerEntry)));

  it.each<[string, (text: string) => string]>([
    ['the time', (text) => text.replace('12:00:01', '11:00:01')],
    ['the offset', (text) => text.replace('"offset":"3"', '"offset":"4"')],
    ['the partition', (text) => text.replace('"partition":0', '"partition":1')],
    ['the message key', (text) => text.replace('"key":null', '"key":"a"')],
    ['the correlation', (text) => text.replace('"correlationId":"0198', '"correlationId":"0199')],
  ])('%s, is named by its index', (_, change) => {
    expect(verify(altered(3, change))).toMatchObject({ ok: false, line: 5, index: 3, code: 'entry-altered' });
  });

  it('is named before a later one that breaks a rule', () => {
    const lines = linesOf(altered(1, (text) => text.replace('12:00:01', '11:00:01')));
    lines[6] = lines[6]?.replace('waits for', 'waited for') ?? '';
    expect(verify(fileFrom(lines))).toMatchObject({ ok: false, line: 3, index: 1, code: 'entry-altered' });
  });
});

describe('a forger without the keys', () => {
  const sealOf = (bytes: Uint8Array): ExportSeal => {
    const parsed = parseSeal(linesOf(bytes).at(-1) as string);
    if (!parsed.ok) throw new Error(parsed.code);
    return parsed.seal;
  };
  const sealed = (change: Partial<ExportSeal>): Uint8Array =>
    replaced(SEAL_LINE, sealText({ ...sealOf(file), ...change }));
  const stranger = noteSigner(ORIGIN);
  const withHeader = (change: Partial<ExportHeader>): Uint8Array =>
    replaced(1, headerText({ ...sample.header, ...change }));
  const extraKey = {
    keyId: 'forger/1',
    principal: 'sequencer',
    publicKey: base64Encode(new Uint8Array(32)),
    topics: [],
  };

  it.each<[string, Uint8Array, object]>([
    [
      'adds a key to the header',
      withHeader({ keys: [...sample.header.keys, extraKey] }),
      { line: 1, code: 'header-altered' },
    ],
    ['takes all keys out of the header', withHeader({ keys: [] }), { line: 1, code: 'header-altered' }],
    ['lists a key twice', withHeader({ keys: [extraKey, extraKey] }), { line: 1, code: 'key-repeated' }],
    [
      'lists a key that is none',
      withHeader({ keys: [{ ...extraKey, publicKey: 'AAAA' }] }),
      { line: 1, code: 'key-malformed' },
    ],
    ['names another origin', withHeader({ origin: 'other.example' }), { line: 1, code: 'ledger-key-malformed' }],
    [
      'spells the header otherwise',
      replaced(1, JSON.stringify(sample.header, null, 1).replaceAll('\n', '')),
      { line: 1, code: 'header-not-canonical' },
    ],
    [
      'signs the header note himself',
      sealed({ headerNote: signNote(sha256, 'causeway-export-header/v1\nx\n', [stranger]) }),
      { line: SEAL_LINE, code: 'header-note-invalid' },
    ],
    [
      'passes the checkpoint off as header note',
      sealed({ headerNote: sealOf(file).checkpoint }),
      { line: SEAL_LINE, code: 'header-note-invalid' },
    ],
    [
      'passes the header note off as checkpoint',
      sealed({ checkpoint: sealOf(file).headerNote }),
      { line: SEAL_LINE, code: 'checkpoint-invalid' },
    ],
    [
      'signs the checkpoint himself',
      sealed({
        checkpoint: signCheckpoint(sha256, { origin: ORIGIN, size: 6, root: sha256(new Uint8Array(0)) }, stranger),
      }),
      { line: SEAL_LINE, code: 'checkpoint-invalid' },
    ],
    [
      'adds a signature line',
      sealed({ checkpoint: `${sealOf(file).checkpoint}\u2014 w.example AAAAAAAA\n` }),
      { line: SEAL_LINE, code: 'checkpoint-invalid' },
    ],
    [
      'uses an older, smaller checkpoint',
      sealed({ checkpoint: sealOf(exportOf(sample, sample.entries.slice(0, 5).map(entryBytes))).checkpoint }),
      { line: SEAL_LINE, code: 'entry-count-differs' },
    ],
    [
      'changes a leaf hash in the seal',
      sealed({ leafHashes: sealOf(file).leafHashes.map((byte, i) => (i === 40 ? byte ^ 1 : byte)) }),
      { line: SEAL_LINE, code: 'leaf-hashes-altered' },
    ],
    [
      'spells the seal otherwise',
      replaced(SEAL_LINE, `${linesOf(file).at(-1)} `),
      { line: SEAL_LINE, code: 'seal-not-canonical' },
    ],
  ])('%s', (_, bytes, fault) => expect(verify(bytes)).toMatchObject({ ok: false, ...fault }));

  it('rewrites an entry and its leaf hash together: the signed root still says no', () => {
    const changed = entryText(sample.entries[2] as LedgerEntry).replace('12:00:01', '11:00:01');
    const leafHashes = sealOf(file).leafHashes.slice();
    leafHashes.set(leafHash(sha256, encoder.encode(changed)), 2 * 32);
    const lines = linesOf(sealed({ leafHashes }));
    lines[4 - 1] = changed;
    expect(verify(fileFrom(lines))).toMatchObject({ ok: false, line: SEAL_LINE, code: 'root-differs' });
  });

  it('writes a whole export of his own: it is consistent in itself, and only a pinned key tells', () => {
    const forged = sampleLedger([2]);
    expect(encodeVerifierKey(sha256, forged.ledger)).not.toBe(sample.ledgerKey);
    expect(verify(exportOf(forged))).toMatchObject({ ok: true, ledgerKey: forged.ledgerKey });
    expect(verify(exportOf(forged), sample.ledgerKey)).toMatchObject({ ok: false, code: 'ledger-key-not-pinned' });
  });
});

describe('a large export', () => {
  it('verifies in one pass, with an Ed25519 verification a batch and not one an entry', () => {
    const large = exportOf(sampleLedger(Array.from({ length: 40 }, () => 100)));
    let signatures = 0;
    const counting: typeof ports.verifyEd25519 = (...given) => (signatures++, ports.verifyEd25519(...given));
    expect(verifyExport(large, { ...ports, verifyEd25519: counting })).toMatchObject({ ok: true, entries: 4_000 });
    expect(signatures).toBe(42);
  });
});

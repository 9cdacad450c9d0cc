import { entry as schema, type Entry } from '@causeway/contracts';
import canonicalize from 'canonicalize';
import { entryOf, sampleMessage } from '../../spec/sample-ledger';
import { utf8Decode } from '../bytes/utf8';
import { entryBytes, entryText, parseEntry, type LedgerEntry } from './ledger-entry';

const message = sampleMessage(3, 'sequencer', 'wartet auf „eu-west“ 🚦');
const sample = entryOf(7, message, 'ed25519;sequencer/1;x', { key: 'k' });
const text = entryText(sample);
const changed = (change: (entry: { data: object }) => object): string => JSON.stringify(change(JSON.parse(text)));

describe('an entry', () => {
  it('is what the contract says, both ways', () => {
    const fromContract: LedgerEntry = schema.parse(sample);
    const fromHere: Entry = {
      ...sample,
      causationIds: [...sample.causationIds],
      data: { ...sample.data, causeMissing: undefined },
    };
    expect([fromContract, fromHere.id]).toEqual([sample, sample.id]);
  });

  it('is the UTF-8 of its canonical JSON, and reads back (E1, E2)', () => {
    expect(text).toBe(canonicalize(sample));
    expect(utf8Decode(entryBytes(sample))).toBe(text);
    expect(parseEntry(text)).toEqual({ ok: true, entry: sample });
  });

  it.each([
    ['an empty key', { key: '' }],
    ['no key', { key: null }],
    ['a text that needs escapes', { value: 'a"b\\c\n\u0001 🚦' + 'x'.repeat(70) }],
    ['a large index', { index: Number.MAX_SAFE_INTEGER }],
    ['causes missing', { causeMissing: ['b', 'a'] }],
  ])('with %s is canonical all the same (E1)', (_, data) => {
    const entry = { ...sample, data: { ...sample.data, ...data } };
    expect(entryText(entry)).toBe(canonicalize(entry));
    expect(parseEntry(entryText(entry))).toEqual({ ok: true, entry });
  });

  it.each([
    ['no cause', { causationIds: [] }],
    ['two causes', { causationIds: ['b', 'a'] }],
  ])('with %s is canonical all the same (E1)', (_, more) =>
    expect(entryText({ ...sample, ...more })).toBe(canonicalize({ ...sample, ...more })),
  );

  it.each([
    ['half a surrogate pair', { ...sample, subject: '\ud800' }, '/subject'],
    ['half a pair in its data', { ...sample, data: { ...sample.data, value: '\udc00' } }, '/data/value'],
    ['an index that is no number', { ...sample, data: { ...sample.data, index: NaN } }, '/data/index'],
  ])('that holds %s is refused, naming it (C3)', (_, entry, place) => expect(() => entryText(entry)).toThrow(place));

  it('may declare causes missing, and leaves the field out otherwise', () => {
    const late = entryOf(7, message, 's', { causeMissing: ['a'] });
    expect(parseEntry(entryText(late))).toEqual({ ok: true, entry: late });
    expect(() => entryText(entryOf(7, message, 's', { causeMissing: undefined }))).toThrow('/data/causeMissing');
  });

  it.each<[string, string, string]>([
    ['text that is no JSON', text.slice(1), 'entry-not-json'],
    ['nothing', '', 'entry-not-json'],
    ['null', 'null', 'entry-malformed'],
    ['a list', '[]', 'entry-malformed'],
    ['no data', '{}', 'entry-malformed'],
    ['another type of message', text.replace('entry.appended', 'entry.removed'), 'entry-malformed'],
    ['a field more', changed((entry) => ({ ...entry, zz: 1 })), 'entry-malformed'],
    ['a field more in data', changed((entry) => ({ ...entry, data: { ...entry.data, zz: 1 } })), 'entry-malformed'],
    ['an index that is a text', text.replace('"index":7', '"index":"7"'), 'entry-malformed'],
    ['a negative index', text.replace('"index":7', '"index":-7'), 'entry-malformed'],
    ['a broken index', text.replace('"index":7', '"index":7.5'), 'entry-malformed'],
    ['another spelling of the index', text.replace('"index":7', '"index":7.0'), 'entry-not-canonical'],
    ['a space', text.replace('"index":7', '"index": 7'), 'entry-not-canonical'],
    ['another order', changed(({ data, ...rest }) => ({ data, ...rest })), 'entry-not-canonical'],
    ['a name twice', text.replace('"index":7', '"index":8,"index":7'), 'entry-not-canonical'],
    ['an escape that need not be', text.replace('"key":"k"', '"key":"\\u006b"'), 'entry-not-canonical'],
    ['half a surrogate pair', text.replace('"key":"k"', '"key":"\\ud800"'), 'entry-not-canonical'],
  ])('is not read from %s', (_, line, code) => expect(parseEntry(line)).toMatchObject({ ok: false, code }));
});

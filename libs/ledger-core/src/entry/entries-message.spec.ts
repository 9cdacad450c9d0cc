import { entries as schema, ENTRIES_TYPE, type Entries } from '@causeway/contracts';
import { entryOf, sampleMessage } from '../../spec/sample-ledger';
import { entriesText, leavesIn } from './entries-message';
import { entryText } from './ledger-entry';

const message = sampleMessage(3, 'sequencer', 'wartet auf „eu-west“ 🚦 "x"');
const told = [
  entryOf(7, message, 'ed25519;sequencer/1;x', { key: 'k' }),
  entryOf(8, message, 'ed25519;sequencer/1;x', { key: null }),
  entryOf(9, message, 'ed25519;sequencer/1;x', { causeMissing: ['0195500d-4800-7000-8000-000000000001'] }),
];
const leaves = told.map(entryText);
const { id, source, time } = told[0] as (typeof told)[number];
const envelope = { id, source, subject: 'log', time, correlationId: 'log', causationIds: [] };

describe('a message of several entries', () => {
  it('is one of the language, and holds the leaves word for word', () => {
    const text = entriesText(envelope, leaves);
    expect(schema.parse(JSON.parse(text))).toMatchObject({ ...envelope, type: ENTRIES_TYPE, data: { entries: told } });
    for (const leaf of leaves) expect(text).toContain(leaf);
  });

  it('gives the leaves again to whoever has parsed it, in any order of names (M1)', () => {
    const parsed = schema.parse(JSON.parse(entriesText(envelope, leaves)));
    expect(leavesIn(parsed).map(({ leaf }) => leaf)).toEqual(leaves);
    const turned = JSON.parse(JSON.stringify(parsed), (_, value: unknown) => reversed(value)) as Entries;
    expect(leavesIn(turned).map(({ leaf }) => leaf)).toEqual(leaves);
  });

  it('may be a single entry, as older ledgers published it', () => {
    const [first] = schema.parse(JSON.parse(entriesText(envelope, leaves))).data.entries;
    if (!first) throw new Error('there are three');
    expect(leavesIn(first)).toEqual([{ entry: first, leaf: leaves[0] }]);
  });
});

const reversed = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).reverse())
    : value;

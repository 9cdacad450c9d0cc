import {
  allTopics,
  cloudEventHeaders,
  commandsTopic,
  deadLetterData,
  ENTRY_TYPE,
  INTENT_TYPE,
  limits,
  SIGNATURE_HEADER,
  topicNames,
  type ParkReason,
} from '@causeway/contracts';
import { sha256Hex } from '@causeway/signing';
import fc from 'fast-check';
import {
  impostor,
  intentDraft,
  rawOf,
  resultDraft,
  sealAs,
  sealWith,
  signerOf,
  verifier,
} from '../spec/sample-messages';
import type { RawMessage } from './bus';
import { openRaw, topicIndex, type Admission } from './door';

const door = { verifier, topics: topicIndex(allTopics(['caddy'])) };
const ID = '01900000-0000-7000-8000-000000000001';
const good = rawOf(sealAs('console', intentDraft('k'))[0]!);

/** The same bytes with the headers that the console would give them, so that only the bytes are wrong. */
const signedBytes = (value: Buffer, more: Partial<RawMessage> = {}): RawMessage => ({
  ...good,
  value,
  headers: { ...good.headers, [SIGNATURE_HEADER]: signerOf('console').sign([value])[0]! },
  ...more,
});
const signedJson = (value: unknown): RawMessage => signedBytes(Buffer.from(JSON.stringify(value)));
const goodJson = JSON.parse(good.value!.toString()) as Record<string, unknown>;
const without = (header: string): RawMessage => {
  const headers: Record<string, string> = { ...good.headers };
  delete headers[header];
  return { ...good, headers };
};

/** An entry of a ledger. */
const recorded = {
  ...{ id: ID, type: ENTRY_TYPE, source: '/ledger', subject: 'log', time: '2026-01-31T12:00:00.000Z' },
  ...{ correlationId: 'k', causationIds: [ID] },
  data: {
    ...{ index: 0, eventId: ID, eventType: INTENT_TYPE, topic: topicNames.intents, partition: 0, offset: '0' },
    ...{ key: 'k', signature: '', value: '{}' },
  },
};

describe('the door', () => {
  it('parks what its reader does not admit, with the reader’s reason, and asks only about what passed all else', () => {
    const asked: string[] = [];
    const admission: Admission = ({ message }) => {
      asked.push(message.id);
      return { reason: 'unknown-target', detail: 'no target nobodys is registered' };
    };
    const refused = {
      kind: 'parked',
      deadLetter: { reason: 'unknown-target', detail: 'no target nobodys is registered' },
    };
    expect(openRaw(good, { ...door, admission })).toMatchObject(refused);
    expect(openRaw(without(SIGNATURE_HEADER), { ...door, admission })).toMatchObject({
      deadLetter: { reason: 'unsigned' },
    });
    expect(asked).toEqual([goodJson.id]);
    expect(openRaw(good, { ...door, admission: () => null }).kind).toBe('message');
  });

  it('lets a message in with its exact bytes, digest and principal', () => {
    expect(openRaw(good, door)).toEqual({
      kind: 'message',
      received: {
        message: goodJson,
        topic: topicNames.intents,
        partition: 0,
        offset: '7',
        key: 'k',
        bytes: good.value,
        signature: good.headers[SIGNATURE_HEADER],
        digest: sha256Hex(good.value!),
        principal: 'console',
      },
    });
  });

  const refused: [ParkReason, string, RawMessage][] = [
    ['empty', 'a null value', { ...good, value: null }],
    ['empty', 'no bytes', { ...good, value: Buffer.alloc(0) }],
    ['too-large', '1 MB', signedBytes(Buffer.alloc(1_000_000, '['))],
    ['too-large', 'one byte over', signedBytes(Buffer.alloc(limits.messageBytes + 1, ' '))],
    ['too-deep', '20,000 levels', signedBytes(Buffer.from('['.repeat(20_000) + ']'.repeat(20_000)))],
    ['not-utf8', 'a broken sequence', signedBytes(Buffer.from([0x22, 0xc3, 0x28, 0x22]))],
    ['not-json', 'a cut text', signedBytes(good.value!.subarray(0, 40))],
    ['not-json', 'a byte order mark', signedBytes(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), good.value!]))],
    ['unsigned', 'no signature', without(SIGNATURE_HEADER)],
    [
      'bad-signature',
      'another message’s signature',
      { ...good, headers: { ...good.headers, [SIGNATURE_HEADER]: signedJson({}).headers[SIGNATURE_HEADER]! } },
    ],
    ['bad-signature', 'an impostor under the same key id', rawOf(sealWith(impostor, intentDraft('k'))[0]!)],
    [
      'bad-signature',
      'one changed byte',
      { ...good, value: Buffer.from(good.value!.toString().replace('someone', 'anyone!')) },
    ],
    ['unknown-type', 'a type nobody knows', signedJson({ ...goodJson, type: 'causeway.nothing.known.v1' })],
    ['schema', 'no type at all', signedJson([])],
    ['schema', 'a field too many', signedJson({ ...goodJson, extra: 1 })],
    ['schema', 'a character that cannot be stored', signedJson({ ...goodJson, subject: 'k\u0000' })],
    ['schema', 'a key with a character that cannot be stored', { ...good, key: 'k\u0000' }],
    ['schema', 'a day that does not exist', signedJson({ ...goodJson, time: '2026-02-30T00:00:00.000Z' })],
    ['schema', 'a year that does not exist', signedJson({ ...goodJson, time: '0000-00-00T00:00:00.000Z' })],
    ['schema', 'a field of the wrong type', signedJson({ ...goodJson, data: { key: 7 } })],
    ['header-mismatch', 'another id in the header', { ...good, headers: { ...good.headers, ce_id: ID } }],
    [
      'header-mismatch',
      'a header that came twice',
      { ...good, headers: { ...good.headers, ce_type: `${good.headers.ce_type}\u0000x` } },
    ],
    ['header-mismatch', 'no correlation header', without('ce_correlationid')],
    ['header-mismatch', 'another key', { ...good, key: 'other' }],
    ['header-mismatch', 'no key', { ...good, key: null }],
    ['writer-not-allowed', 'a source that did not sign', signedJson({ ...goodJson, source: '/sequencer' })],
    ['writer-not-allowed', 'a topic of others', rawOf(sealAs('console', resultDraft(ID, 'a'))[0]!)],
    [
      'wrong-topic',
      'a right message on a wrong topic',
      rawOf(sealAs('sequencer', { ...resultDraft(ID, 'a'), topic: commandsTopic('caddy') })[0]!),
    ],
    ['wrong-topic', 'a topic nobody knows', { ...good, topic: 'elsewhere' }],
  ];
  it.each(refused)('parks as %s: %s', (reason, _, raw) => {
    // A signed source that differs also needs its own headers to get as far as that check.
    const source =
      reason === 'writer-not-allowed' && raw.headers.ce_source === '/console' && raw.topic === topicNames.intents;
    const opened = openRaw(source ? { ...raw, headers: { ...raw.headers, ce_source: '/sequencer' } } : raw, door);
    expect(opened).toMatchObject({
      kind: 'parked',
      deadLetter: { reason, topic: raw.topic, partition: 0, offset: '7' },
    });
  });

  it('tells digest, size and the first 512 bytes of what it parks, in a valid dead letter', () => {
    const raw = { ...good, value: Buffer.alloc(100_000, 0xff) };
    const opened = openRaw(raw, door);
    if (opened.kind !== 'parked') throw new Error('was let in');
    expect(opened.deadLetter).toMatchObject({ bytes: 100_000, digest: sha256Hex(raw.value) });
    expect(Buffer.from(opened.deadLetter.excerpt, 'base64')).toHaveLength(512);
    expect(deadLetterData.parse(opened.deadLetter)).toEqual(opened.deadLetter);
  });

  it('tells nothing in a dead letter that cannot be stored itself', () => {
    const opened = openRaw(signedBytes(Buffer.from('{"a":\u0000}')), door);
    if (opened.kind !== 'parked') throw new Error('was let in');
    expect(opened.deadLetter.detail).toContain('\ufffd');
    expect(opened.deadLetter.detail).not.toContain('\u0000');
  });

  it('lets in what the ledger published of messages that were let in before', () => {
    const entry = { ...recorded, correlationId: 'k\u0000' };
    const value = Buffer.from(JSON.stringify(entry));
    const headers = { ...cloudEventHeaders(entry, 'log'), [SIGNATURE_HEADER]: signerOf('ledger').sign([value])[0]! };
    expect(openRaw({ ...good, topic: topicNames.ledger, key: 'log', value, headers }, door).kind).toBe('message');
  });

  it('answers anything with a message or a valid dead letter, and never throws', () => {
    const value = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((any) => Buffer.from(any)),
      fc.json().map((text) => Buffer.from(text)),
      fc.jsonValue().map((data) => Buffer.from(JSON.stringify({ ...goodJson, data }))),
      fc.constant(null),
    );
    const headers = fc.dictionary(fc.constantFrom(...Object.keys(good.headers)), fc.string());
    fc.assert(
      fc.property(value, headers, fc.option(fc.string()), fc.boolean(), (bytes, given, key, signed) => {
        const raw = bytes && signed ? signedBytes(bytes, { key }) : { ...good, value: bytes, headers: given, key };
        const opened = openRaw(raw, door);
        if (opened.kind === 'parked') deadLetterData.parse(opened.deadLetter);
      }),
      { numRuns: 300 },
    );
  });
});

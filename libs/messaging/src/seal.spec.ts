import { allTopics, limits, PARK_REASONS } from '@causeway/contracts';
import { newEventId } from '@causeway/signing';
import { intentDraft, NOW_MS, rawOf, resultDraft, sealAs, signerOf, verifier } from '../spec/sample-messages';
import { deadLetterDraft, deadLetterId } from './dead-letters';
import { openRaw, topicIndex } from './door';
import { resealed, seal, signatureOf } from './seal';

const ID = '01900000-0000-7000-8000-000000000001';
const door = { verifier, topics: topicIndex(allTopics(['caddy'])) };

describe('sealing', () => {
  it('gives every draft of a call one signature that each message verifies with alone', () => {
    const sealed = sealAs('executor-caddy', ...['a', 'b', 'c', 'd', 'e'].map((step) => resultDraft(ID, step)));
    const signatures = sealed.map((message) => signatureOf(message).split(';')[2]);
    expect(new Set(signatures).size).toBe(1);
    sealed.forEach((message) => expect(openRaw(rawOf(message), door).kind).toBe('message'));
  });

  it('keeps the order, the given ids and times, and makes the others', () => {
    const time = '2026-01-01T00:00:00.000Z';
    const [first, second] = sealAs('console', { ...intentDraft('a'), id: ID, time }, intentDraft('b'));
    expect(JSON.parse(first!.value.toString())).toMatchObject({ id: ID, time, source: '/console' });
    expect(JSON.parse(second!.value.toString())).toMatchObject({
      id: second!.id,
      time: new Date(NOW_MS).toISOString(),
    });
    expect([first!.key, second!.key]).toEqual(['a', 'b']);
  });

  it('makes the same message of the parts that a store keeps', () => {
    const [sealed] = sealAs('console', intentDraft('k'));
    expect(resealed(sealed!.topic, sealed!.key, sealed!.value, signatureOf(sealed!))).toEqual(sealed);
  });

  it('tells as U+FFFD what no door would take', () => {
    const [sealed] = sealAs('executor-caddy', resultDraft(ID, 'a', 'r\u0000\\u0000'));
    expect(openRaw(rawOf(sealed!), door)).toMatchObject({
      received: { message: { data: { outcome: { evidence: { rev: 'r\ufffd\\u0000' } } } } },
    });
  });

  it('refuses what is no message, and says what is wrong', () => {
    const options = { signer: signerOf('console'), now: () => NOW_MS, newId: newEventId };
    expect(() => seal([{ ...intentDraft('k'), data: { key: 7 } }], options)).toThrow(/intent.*data\.key/);
    expect(() => seal([{ ...intentDraft('k'), type: 'causeway.no.such.v1' }], options)).toThrow(/no message type/);
    const plan = { text: 'x'.repeat(limits.messageBytes) };
    expect(() => seal([intentDraft('k', plan)], options)).toThrow(/bytes, the limit is 262144/);
  });
});

describe('a dead letter', () => {
  const place = { topic: 'causeway.intents.v1', partition: 3, offset: '12' };

  it('has the same id whoever parks the same place, and another for every other place', () => {
    const ids = [
      place,
      { ...place, offset: '13' },
      { ...place, partition: 4 },
      { ...place, topic: 'causeway.results.v1' },
    ].map(deadLetterId);
    expect(new Set(ids).size).toBe(4);
    expect(deadLetterId({ ...place })).toBe(ids[0]);
  });

  it.each(PARK_REASONS)('of reason %s passes the door of its topic', (reason) => {
    const data = { ...place, reason, detail: 'd', digest: 'a'.repeat(64), bytes: 1, excerpt: '' };
    const [letter] = sealAs('sequencer', deadLetterDraft(data));
    expect(letter!.topic).toBe('causeway.intents.v1.dlq');
    expect(openRaw(rawOf(letter!), door)).toMatchObject({ kind: 'message', received: { message: { data } } });
  });

  it('of what lies on a dead-letter topic is parked on that topic', () => {
    const data = {
      ...place,
      topic: 'causeway.intents.v1.dlq',
      reason: 'not-json' as const,
      detail: '',
      digest: 'a'.repeat(64),
      bytes: 1,
      excerpt: '',
    };
    expect(deadLetterDraft(data).topic).toBe('causeway.intents.v1.dlq');
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  belongsOn,
  cloudEventHeaders,
  headerMismatch,
  messageSchemas,
  parseMessage,
  parseRecorded,
  topicNames,
  type Envelope,
} from './index';

const FIXTURES = join(__dirname, '..', 'fixtures');
const fixtures = readdirSync(FIXTURES).map((message) => {
  const value = JSON.parse(readFileSync(join(FIXTURES, message, 'v1.json'), 'utf8')) as Envelope<
    string,
    Record<string, unknown>
  >;
  return [message, value] as const;
});

describe('golden messages', () => {
  it('are there for every type of the language', () => {
    expect(fixtures.map(([, { type }]) => type).sort()).toEqual(Object.keys(messageSchemas).sort());
  });

  it.each(fixtures)('%s is read as it was written', (_message, value) => {
    expect(parseMessage(value)).toEqual({ kind: 'message', message: value });
  });

  it.each(fixtures)('%s with a key nobody knows is refused, naming it', (_message, value) => {
    const inData = parseMessage({ ...value, data: { ...value.data, surprise: 1 } });
    expect(inData).toMatchObject({ kind: 'invalid', detail: expect.stringContaining('surprise') as string });
    expect(parseMessage({ ...value, surprise: 1 }).kind).toBe('invalid');
  });

  it.each(fixtures)('%s without any one of its parts is refused', (_message, value) => {
    for (const key of Object.keys(value.data)) {
      const { [key]: _gone, ...rest } = value.data;
      expect(parseMessage({ ...value, data: rest }).kind).toBe('invalid');
    }
    for (const key of Object.keys(value)) {
      const { [key]: _gone, ...rest } = value as unknown as Record<string, unknown>;
      expect(parseMessage(rest).kind).toBe('invalid');
    }
  });

  it.each(fixtures)('%s belongs on the topic of its kind only', (_message, { type }) => {
    const topics = [...Object.values(topicNames), 'causeway.commands.caddy.v1', 'causeway.intents.v1.dlq'];
    expect(topics.filter((topic) => belongsOn(type, topic))).toHaveLength(1);
  });
});

describe('what is no message', () => {
  it.each([[null], [1], ['text'], [[]], [{}], [{ type: 7 }]])('%j is refused without a throw', (value) => {
    expect(parseMessage(value).kind).toBe('invalid');
  });

  it('of an unknown type is told apart from a broken one', () => {
    expect(parseMessage({ type: 'causeway.tea.made.v1' })).toEqual({
      kind: 'unknown-type',
      type: 'causeway.tea.made.v1',
    });
    expect(parseMessage({ type: 'constructor' }).kind).toBe('unknown-type');
  });
});

describe('what a ledger recorded', () => {
  const [, mutation] = fixtures.find(([message]) => message === 'mutation') as (typeof fixtures)[number];
  const saying = (more: object) => ({ ...mutation, data: { ...mutation.data, ...more } });
  const happened = { kind: 'at', at: '2026-02-30T24:00:60.000Z' };

  it('is read with a time that does not exist, since earlier releases let it in', () => {
    const recorded = { ...saying({ happened }), time: '0000-00-00T00:00:00.000Z' };
    expect(parseMessage(recorded).kind).toBe('invalid');
    expect(parseRecorded(recorded)).toEqual({ kind: 'message', message: recorded });
  });

  it.each([
    ['is no time at all', saying({ happened: { kind: 'at', at: 'yesterday' } })],
    ['is wrong in something else too', saying({ happened, target: 'A B' })],
    ['lacks something', saying({ happened, observedAt: undefined })],
    ['is nothing', null],
  ])('is refused when it %s', (_, value) => {
    expect(parseRecorded(value).kind).toBe('invalid');
  });
});

describe('headers', () => {
  const [, event] = fixtures.find(([message]) => message === 'command') as (typeof fixtures)[number];

  it('repeat the signed value; each one that differs or is absent is named', () => {
    const headers = cloudEventHeaders(event, 'key');
    expect(headerMismatch({ ...headers, traceparent: 'anything' }, event, 'key')).toBeNull();
    for (const name of Object.keys(headers)) {
      expect(headerMismatch({ ...headers, [name]: 'other' }, event, 'key')).toBe(name);
      const { [name]: _gone, ...rest } = headers;
      expect(headerMismatch(rest, event, 'key')).toBe(name);
    }
    expect(headerMismatch(headers, event, 'another key')).toBe('ce_partitionkey');
  });
});

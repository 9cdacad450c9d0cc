import type { AdminRequest, LogEvent } from './log-line';
import { settle } from './settle';

const request = (id: string, more: Partial<AdminRequest> = {}): LogEvent => ({
  kind: 'request',
  request: {
    ...{ id, atMs: 10_000, method: 'PATCH', uri: '/id/edge', address: '127.0.0.1' },
    ...{ userAgent: null, step: null, look: null, conditional: false, ...more },
  },
});
const look = (uri = '/id/edge'): LogEvent => request('look', { method: 'GET', uri });
const taken: LogEvent = { kind: 'taken', changed: true };
const unchanged: LogEvent = { kind: 'taken', changed: false };
const error = (status: number, text: string): LogEvent => ({ kind: 'error', atMs: 10_001, status, text });
const refused = error(500, 'loading new config: unknown module');
const stale = error(412, 'If-Match header did not match current config hash');
const started: LogEvent = { kind: 'started', atMs: 10_002 };

const shown = (events: readonly LogEvent[], giveUp = false): string[] =>
  settle(events, giveUp).settled.map((one) =>
    one.kind === 'started'
      ? `started${one.resumed ? ' with what it had' : ''}`
      : `${one.request.id} taken:${one.taken} changed:${one.changed}`,
  );

it.each([
  ['taken', [request('a'), taken], ['a taken:true changed:true']],
  ['unchanged', [request('a'), unchanged], ['a taken:true changed:false']],
  ['refused', [request('a'), refused], ['a taken:false changed:null']],
  ['looks in between', [look(), request('a'), look(), taken, look()], ['a taken:true changed:true']],
  [
    'one after the other',
    [request('a'), taken, request('b'), refused, request('c'), unchanged],
    ['a taken:true changed:true', 'b taken:false changed:null', 'c taken:true changed:false'],
  ],
])('one write at a time is certain: %s', (_, events, wanted) => {
  expect(shown(events)).toEqual(wanted);
});

it.each([
  [
    'both taken',
    [request('a'), request('b'), taken, taken],
    ['a taken:true changed:true', 'b taken:true changed:true'],
  ],
  [
    'the conditional one was too late',
    [request('a', { conditional: true }), request('b'), taken, stale],
    ['a taken:false changed:null', 'b taken:true changed:true'],
  ],
  [
    'an unknown object and the policy',
    [request('a', { uri: '/id/other' }), request('b'), error(404, "unknown object ID 'other'"), taken],
    ['a taken:false changed:null', 'b taken:true changed:true'],
  ],
  [
    'all refused',
    [request('a'), request('b'), refused, refused],
    ['a taken:false changed:null', 'b taken:false changed:null'],
  ],
])('several at once, as far as every reading agrees: %s', (_, events, wanted) => {
  expect(shown(events)).toEqual(wanted);
});

it('several at once, one of them refused and nobody knows which: none is left out', () => {
  expect(shown([request('a'), request('b'), refused, taken])).toEqual([
    'a taken:null changed:null',
    'b taken:null changed:null',
  ]);
});

it('what has not ended is under way; nothing behind it is settled, until it is given up', () => {
  const events = [request('a'), taken, request('b'), look()];
  expect(settle(events, false)).toMatchObject({ settled: [{ request: { id: 'a' } }], upTo: 2 });
  expect(shown(events, true)).toEqual(['a taken:true changed:true', 'b taken:null changed:null']);
});

it('an error of a request that changes nothing ends no write', () => {
  const bad = error(400, 'invalid traversal path at: config/no');
  expect(shown([look('/config/no'), request('a'), bad, taken])).toEqual(['a taken:true changed:true']);
  expect(shown([request('a'), error(404, "unknown object ID 'nothing'"), taken])).toEqual([
    'a taken:true changed:true',
  ]);
  expect(shown([look(), request('a'), bad])).toEqual(['a taken:false changed:null']);
});

it('a write that a crash came upon is not told', () => {
  expect(shown([request('a'), started])).toEqual(['a taken:null changed:null', 'started']);
  expect(shown([request('a'), taken, { kind: 'resuming' }, started])).toEqual([
    'a taken:true changed:true',
    'started with what it had',
  ]);
});

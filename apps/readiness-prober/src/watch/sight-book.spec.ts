import { limits, type Sight } from '@causeway/contracts';
import type { LookOutcome } from '../look/look';
import {
  GATHER_MS,
  HEARTBEAT_MS,
  MAX_SIGHTS,
  MAX_UNSAID,
  SightBook,
  type Turn,
  type WatchedMember,
} from './sight-book';

const START = 1_000_000;
const [us, eu] = [0, 1];
const version = (value: string, date = 'today'): LookOutcome => ({
  kind: 'observed',
  values: { status: 200, 'body.version': value, 'header.date': date },
});
const values = (value: string) => ({ kind: 'observed', values: { 'body.version': value } });
const silent: LookOutcome = { kind: 'unreachable', reason: 'no answer within 2 s' };
const at = (ms: number): string => new Date(START + ms).toISOString();
const member = (name: string): WatchedMember => ({
  step: 'app',
  scope: 'all',
  member: name,
  asked: ['body.version'],
});

interface Given {
  readonly members?: readonly string[];
  /** Milliseconds after the start. */
  readonly endsAt?: number;
  /** Milliseconds after the start (so a negative number). */
  readonly lookedUntil?: number;
}

/** A story of one watch: time is set by hand, in milliseconds after the start. Both clocks agree unless the story says so. */
function story({ members = ['us', 'eu'], endsAt = 1e9, lookedUntil }: Given = {}) {
  const book = new SightBook(members.map(member), {
    starts: { monotonic: 0, instant: START },
    endsAt,
    lookedUntil: lookedUntil === undefined ? null : START + lookedUntil,
  });
  const moment = (ms: number, setBackMs = 0) => ({ monotonic: ms, instant: START + ms - setBackMs });
  return {
    look: (i: number, began: number, answered: number, outcome: LookOutcome, setBackMs = 0) =>
      book.looked(i, { began: moment(began, setBackMs), answered: moment(answered, setBackMs), outcome }),
    end: (ms: number) => book.end(ms),
    next: (ms: number): Turn => book.next(ms),
    take: (ms: number) => {
      const { sights, lookedUntil: until, last } = book.take(ms);
      return { sights, lookedUntil: until - START, last };
    },
  };
}
const SAY: Turn = { kind: 'say' };
const waitUntil = (untilMs: number): Turn => ({ kind: 'wait', untilMs });
const brief = ({ member, notBefore, seenAt, outcome }: Sight) => [
  member,
  notBefore === null ? null : Date.parse(notBefore) - START,
  Date.parse(seenAt) - START,
  outcome.kind === 'observed' ? outcome.values['body.version'] : outcome.reason,
];

describe('what is said of a watch (1)', () => {
  it("is each member's first look, with the values that were asked for and no others", () => {
    const watch = story();
    watch.look(us, 0, 20, version('1'));
    watch.look(eu, 0, 30, silent);
    expect(watch.take(80).sights).toEqual([
      { step: 'app', scope: 'all', member: 'us', notBefore: null, seenAt: at(20), outcome: values('1') },
      { step: 'app', scope: 'all', member: 'eu', notBefore: null, seenAt: at(30), outcome: silent },
    ]);
  });

  it('is a change of a value that was asked for, and nothing else', () => {
    const watch = story({ members: ['us'] });
    watch.look(us, 0, 20, version('1', 'monday'));
    watch.take(80);
    watch.look(us, 500, 520, version('1', 'tuesday'));
    watch.look(us, 1_000, 1_020, version('2', 'tuesday'));
    expect(watch.take(1_100).sights.map(brief)).toEqual([['us', 500, 1_020, '2']]);
  });

  it('is every change in its order, also one that did not last', () => {
    const watch = story({ members: ['us'] });
    ['1', '2', '1'].forEach((value, i) => watch.look(us, i * 500, i * 500 + 20, version(value)));
    expect(watch.take(2_000).sights.map(brief)).toEqual([
      ['us', null, 20, '1'],
      ['us', 0, 520, '2'],
      ['us', 500, 1_020, '1'],
    ]);
  });

  it('is that a member is out of reach once, however often it stays so in the same words', () => {
    const watch = story({ members: ['us'] });
    watch.look(us, 0, 20, version('1'));
    watch.look(us, 500, 2_500, silent);
    watch.look(us, 2_500, 4_500, silent);
    watch.look(us, 4_500, 4_510, { kind: 'unreachable', reason: 'connection refused' });
    expect(watch.take(5_000).sights.slice(1).map(brief)).toEqual([
      ['us', 0, 2_500, 'no answer within 2 s'],
      ['us', 2_500, 4_510, 'connection refused'],
    ]);
  });
});

describe('the bounds of a sight (2, 3)', () => {
  it('reach over silence: a value seen after it may have come at any time since the last value', () => {
    const watch = story({ members: ['us'] });
    watch.look(us, 0, 20, version('1'));
    watch.look(us, 500, 2_500, silent);
    watch.look(us, 2_500, 2_520, version('2'));
    expect(watch.take(3_000).sights.map(brief).at(-1)).toEqual(['us', 0, 2_520, '2']);
  });

  it('have no beginning for the first value of a member that was never seen', () => {
    const watch = story({ members: ['us'] });
    watch.look(us, 0, 2_000, silent);
    watch.look(us, 2_000, 2_020, version('1'));
    expect(watch.take(3_000).sights.map(brief).at(-1)).toEqual(['us', null, 2_020, '1']);
  });

  it('begin after a restart where the looks before it ended, for every member, and say that nobody looked', () => {
    const watch = story({ lookedUntil: -7_000 });
    watch.look(us, 0, 20, version('1'));
    watch.look(eu, 0, 2_000, silent);
    watch.look(eu, 2_000, 2_020, version('1'));
    const nobody = 'nobody looked: the prober was started anew';
    expect(watch.take(3_000).sights.map(brief)).toEqual([
      ['us', -7_000, 0, nobody],
      ['eu', -7_000, 0, nobody],
      ['us', -7_000, 20, '1'],
      ['eu', -7_000, 2_000, 'no answer within 2 s'],
      ['eu', -7_000, 2_020, '1'],
    ]);
  });

  it('are never upside down when the clock was set back meanwhile', () => {
    const watch = story({ members: ['us'] });
    watch.look(us, 10_000, 10_020, version('1'));
    watch.look(us, 10_500, 10_520, version('2'), 5_000);
    expect(watch.take(11_000).sights.map(brief).at(-1)).toEqual(['us', 5_520, 10_000, '2']);
  });
});

describe('until when was looked (4)', () => {
  it('is when the oldest last look began', () => {
    const watch = story();
    watch.look(us, 0, 20, version('1'));
    watch.look(eu, 10, 30, version('1'));
    watch.look(us, 500, 520, version('1'));
    expect(watch.take(600).lookedUntil).toBe(10);
    watch.look(eu, 510, 530, version('1'));
    expect(watch.take(600).lookedUntil).toBe(500);
  });

  it('is the start while a member was not looked at, and after a restart what was said before', () => {
    for (const [given, until] of [
      [{}, 0],
      [{ lookedUntil: -7_000 }, -7_000],
    ] as const) {
      const watch = story(given);
      watch.look(us, 100, 120, version('1'));
      expect(watch.take(200).lookedUntil).toBe(until);
    }
  });
});

describe('when it is said (5)', () => {
  it('is a moment after the first change, with what changed meanwhile', () => {
    const watch = story();
    watch.look(us, 0, 20, version('1'));
    watch.look(eu, 0, 60, version('1'));
    expect(watch.next(60)).toEqual(waitUntil(20 + GATHER_MS));
    expect(watch.next(20 + GATHER_MS)).toEqual(SAY);
    expect(watch.take(20 + GATHER_MS).sights).toHaveLength(2);
  });

  it('is at the heartbeat when nothing changes: no sights, but until when was looked', () => {
    const watch = story({ members: ['us'] });
    watch.look(us, 0, 20, version('1'));
    watch.take(100);
    expect(watch.next(100)).toEqual(waitUntil(100 + HEARTBEAT_MS));
    watch.look(us, 9_900, 9_920, version('1'));
    expect(watch.next(100 + HEARTBEAT_MS)).toEqual(SAY);
    expect(watch.take(100 + HEARTBEAT_MS)).toEqual({ sights: [], lookedUntil: 9_900, last: false });
    expect(watch.next(100 + HEARTBEAT_MS)).toEqual(waitUntil(100 + 2 * HEARTBEAT_MS));
  });

  it('is at the heartbeat even when no look was ever answered', () => {
    const watch = story();
    expect(watch.next(HEARTBEAT_MS - 1)).toEqual(waitUntil(HEARTBEAT_MS));
    expect(watch.next(HEARTBEAT_MS)).toEqual(SAY);
    expect(watch.take(HEARTBEAT_MS)).toEqual({ sights: [], lookedUntil: 0, last: false });
  });

  it('is in several messages when it is much, and none claims more than what is said by then', () => {
    const many = Array.from({ length: MAX_SIGHTS + 10 }, (_, i) => `m-${i}`);
    const watch = story({ members: many });
    many.forEach((_, i) => watch.look(i, 0, 20, version('1')));
    watch.take(100);
    expect(watch.next(100)).toEqual(SAY);
    watch.take(100);
    many.forEach((_, i) => watch.look(i, 500 + i, 2_000 + i, version('2')));
    const first = watch.take(4_000);
    expect([first.sights.length, first.lookedUntil]).toEqual([MAX_SIGHTS, 0]);
    expect(watch.next(4_000)).toEqual(SAY);
    const second = watch.take(4_000);
    expect([second.sights.length, second.lookedUntil]).toEqual([10, 500]);
  });

  it('is in messages that a topic takes, however large the values are', () => {
    const many = Array.from({ length: 200 }, (_, i) => `m-${i}`);
    const watch = story({ members: many });
    many.forEach((_, i) => watch.look(i, 0, 20, version('x'.repeat(4_000))));
    const messages = [watch.take(100)];
    while (watch.next(100).kind === 'say') messages.push(watch.take(100));
    expect(messages.flatMap(({ sights }) => sights.map((sight) => sight.member))).toEqual(many);
    for (const said of messages) expect(JSON.stringify(said).length).toBeLessThan(limits.messageBytes - 8_192);
  });

  it('is bounded: what cannot be said for long makes bounds wider, not memory', () => {
    const watch = story({ members: ['us'] });
    for (let i = 0; i <= MAX_UNSAID; i++) watch.look(us, i, i, version(String(i)));
    while (watch.next(20_000).kind === 'say') watch.take(20_000);
    watch.look(us, 20_000, 20_020, version('new'));
    expect(watch.take(20_100).sights.map(brief)).toEqual([['us', MAX_UNSAID - 1, 20_020, 'new']]);
  });
});

describe('when it is over (6)', () => {
  it('is after one more look at every member, and what that showed is said', () => {
    const watch = story();
    watch.look(us, 0, 20, version('1'));
    watch.look(eu, 0, 20, version('1'));
    expect(watch.take(100).last).toBe(false);
    watch.end(510);
    watch.look(us, 500, 520, version('1'));
    watch.look(eu, 520, 540, version('2'));
    expect(watch.next(540)).not.toEqual(SAY);
    watch.look(us, 1_000, 1_020, version('1'));
    expect(watch.next(1_020)).toEqual(SAY);
    const said = watch.take(1_020);
    expect([said.sights.map(brief), said.lookedUntil, said.last]).toEqual([[['eu', 0, 540, '2']], 520, true]);
  });

  it('is when its time is over, or was over before this process began', () => {
    for (const endsAt of [500, -3]) {
      const watch = story({ members: ['us'], endsAt });
      watch.look(us, 500, 520, version('1'));
      expect(watch.next(520)).toEqual(SAY);
      expect(watch.take(520)).toMatchObject({ sights: [{ member: 'us' }], last: true });
    }
  });

  it('is not before the last part of what is much', () => {
    const many = Array.from({ length: MAX_SIGHTS + 1 }, (_, i) => `m-${i}`);
    const watch = story({ members: many, endsAt: 0 });
    many.forEach((_, i) => watch.look(i, 0, 20, version('1')));
    expect([watch.take(100).last, watch.take(100).last]).toEqual([false, true]);
  });
});

import type { MemberReading, ResolvedExpectation } from '@causeway/contracts';
import { GATHER_MS, HEARTBEAT_MS, LookSchedule, type Move } from './look-schedule';

type Outcome = MemberReading['outcome'];

const wanted: ResolvedExpectation[] = [{ observed: 'body.version', is: 'equals', wanted: '2' }];
const version = (value: string): Outcome => ({ kind: 'observed', values: { status: 200, 'body.version': value } });
const silent: Outcome = { kind: 'unreachable', reason: 'no answer within 2 s' };
const START = 1_000;
const [us, eu] = [0, 1];

/** A story of one probe: time is set by hand, in milliseconds after the start. */
function story({ consecutive = 1, lookForMs = 60_000, members = ['us', 'eu'] } = {}) {
  const pace = { everyMs: 500, consecutive, expect: wanted, startsAt: START, endsAt: START + lookForMs };
  const schedule = new LookSchedule(
    pace,
    members.map((member) => ({ scope: 'all', member })),
  );
  return {
    due: (at: number) => schedule.due(START + at),
    begin: (at: number, ...of: number[]) => of.forEach((i) => schedule.lookBegan(i, START + at, `at ${at}`)),
    answer: (at: number, i: number, outcome: Outcome) => schedule.answered(i, outcome, START + at),
    next: (at: number): Move => schedule.next(START + at),
    send: (at: number) => schedule.takeRound(START + at).readings,
    sinceAsked: (at: number) => schedule.takeRound(START + at).sinceAskedMs,
  };
}
const waitUntil = (at: number): Move => ({ kind: 'wait', untilMs: START + at });
const SEND: Move = { kind: 'send', last: false };
const SEND_LAST: Move = { kind: 'send', last: true };

describe('when to look', () => {
  it('is at once for every member, then every 500 ms after its own last look began', () => {
    const probe = story();
    expect(probe.due(0)).toEqual([us, eu]);
    probe.begin(0, us, eu);
    probe.answer(40, us, version('1'));
    expect(probe.due(499)).toEqual([]);
    expect(probe.due(500)).toEqual([us]);
  });

  it('is at once again after a look that took longer than the pace', () => {
    const probe = story();
    probe.begin(0, us, eu);
    probe.answer(2_000, eu, silent);
    expect(probe.due(2_000)).toEqual([eu]);
  });

  it('is never while a look is under way, and never after the end', () => {
    const probe = story({ lookForMs: 1_000 });
    probe.begin(0, us, eu);
    probe.answer(40, us, version('1'));
    expect(probe.due(999)).toEqual([us]);
    expect(probe.due(1_000)).toEqual([]);
  });
});

describe('when to send a round', () => {
  it('is when all looks under way have answered', () => {
    const probe = story();
    probe.begin(0, us, eu);
    expect(probe.next(10)).toEqual(waitUntil(HEARTBEAT_MS));
    probe.answer(20, us, version('1'));
    expect(probe.next(20)).toEqual(waitUntil(20 + GATHER_MS));
    probe.answer(30, eu, version('1'));
    expect(probe.next(30)).toEqual(SEND);
  });

  it('does not wait for a member that stays silent: its round says "no answer yet", a later one that it was unreachable', () => {
    const probe = story();
    probe.begin(0, us, eu);
    probe.answer(20, us, version('2'));
    expect(probe.next(20 + GATHER_MS)).toEqual(SEND);
    expect(probe.send(20 + GATHER_MS)).toEqual([
      { scope: 'all', member: 'us', takenAt: 'at 0', outcome: version('2'), streak: 1 },
      {
        scope: 'all',
        member: 'eu',
        takenAt: 'at 0',
        outcome: { kind: 'unreachable', reason: 'no answer yet' },
        streak: 1,
      },
    ]);
    probe.answer(2_000, eu, silent);
    expect(probe.next(2_000)).toEqual(SEND);
    expect(probe.send(2_000)[eu]).toMatchObject({ outcome: silent });
  });

  it('does not wait for looks that began after the change', () => {
    const probe = story();
    probe.begin(0, us, eu);
    probe.answer(20, us, version('1'));
    probe.answer(30, eu, version('1'));
    probe.send(30);
    probe.begin(500, us);
    probe.answer(520, us, version('2'));
    probe.begin(530, eu);
    expect(probe.next(530)).toEqual(SEND);
  });

  it('is not when a look shows the same again, until the heartbeat', () => {
    const probe = story({ members: ['us'] });
    probe.begin(0, us);
    probe.answer(20, us, version('1'));
    probe.send(20);
    probe.begin(500, us);
    probe.answer(520, us, version('1'));
    expect(probe.next(520)).toEqual(waitUntil(1_000));
    probe.begin(1_900, us);
    probe.answer(1_901, us, version('1'));
    expect(probe.next(1_901)).toEqual(waitUntil(20 + HEARTBEAT_MS));
    expect(probe.next(20 + HEARTBEAT_MS)).toEqual(SEND);
    expect(probe.send(20 + HEARTBEAT_MS)).toMatchObject([{ streak: 3 }]);
  });

  it('is at the heartbeat even when nobody ever answered', () => {
    const probe = story();
    probe.begin(0, us, eu);
    expect(probe.next(HEARTBEAT_MS)).toEqual(SEND);
  });

  it('repeats what was last seen of a member that went silent, with the time of that look', () => {
    const probe = story();
    probe.begin(0, us, eu);
    probe.answer(20, us, version('1'));
    probe.answer(20, eu, version('1'));
    probe.send(20);
    probe.begin(500, us, eu);
    probe.answer(520, us, version('2'));
    expect(probe.next(520 + GATHER_MS)).toEqual(SEND);
    expect(probe.send(520 + GATHER_MS)).toMatchObject([
      { takenAt: 'at 500' },
      { takenAt: 'at 0', outcome: version('1') },
    ]);
  });
});

describe('a member that stops answering', () => {
  it('is unreachable in the same words each time, with the instant it was last seen', () => {
    const probe = story({ members: ['us'] });
    for (const [at, outcome] of [
      [0, version('1')],
      [500, silent],
      [2_500, silent],
    ] as const) {
      probe.begin(at, us);
      probe.answer(at, us, outcome);
    }
    const reason = 'no answer within 2 s; last answered at at 0';
    expect(probe.send(2_500)).toMatchObject([{ outcome: { kind: 'unreachable', reason }, streak: 2 }]);
  });
});

describe('since when all of a round was seen', () => {
  it('is when the oldest of the newest looks began that answered', () => {
    const probe = story();
    probe.begin(0, us, eu);
    probe.answer(20, us, version('1'));
    probe.answer(30, eu, version('1'));
    probe.begin(500, us);
    probe.answer(900, us, version('2'));
    expect(probe.sinceAsked(900)).toBe(0);
    probe.begin(700, eu);
    probe.answer(901, eu, version('2'));
    expect(probe.sinceAsked(901)).toBe(500);
    probe.begin(1_000, us);
    expect(probe.sinceAsked(1_001)).toBe(500);
  });

  it('is the start as long as one has not answered at all', () => {
    const probe = story();
    probe.begin(0, us, eu);
    probe.answer(20, us, version('1'));
    probe.begin(500, us);
    probe.answer(520, us, version('1'));
    expect(probe.sinceAsked(520)).toBe(0);
  });
});

describe('when it is over', () => {
  it('is when every member showed what is expected', () => {
    const probe = story();
    probe.begin(0, us, eu);
    probe.answer(20, us, version('2'));
    probe.answer(20, eu, version('1'));
    expect(probe.next(20)).toEqual(SEND);
    probe.begin(500, eu);
    probe.answer(520, eu, version('2'));
    expect(probe.next(520)).toEqual(SEND_LAST);
  });

  it('is only after `consecutive` looks in a row; another value in between starts the count anew', () => {
    const probe = story({ consecutive: 2, members: ['us'] });
    const looks = ['2', '1', '2', '2'].map((value, i) => {
      probe.begin(i * 500, us);
      probe.answer(i * 500, us, version(value));
      const { kind, ...move } = probe.next(i * 500);
      const [reading] = probe.send(i * 500);
      return [reading?.streak, kind === 'send' && 'last' in move && move.last];
    });
    expect(looks).toEqual([
      [1, false],
      [1, false],
      [1, false],
      [2, true],
    ]);
  });

  it('is not while one member is unreachable, however often the others agree', () => {
    const probe = story();
    for (const at of [0, 2_000, 4_000]) {
      probe.begin(at, us, eu);
      probe.answer(at, us, version('2'));
      probe.answer(at, eu, silent);
      expect(probe.next(at)).not.toEqual(SEND_LAST);
      probe.send(at);
    }
  });

  it('is when the time is over, with what is known then', () => {
    const probe = story({ lookForMs: 1_000 });
    probe.begin(0, us, eu);
    probe.answer(20, us, version('1'));
    expect(probe.next(1_000)).toEqual(SEND_LAST);
    expect(probe.send(1_000)).toMatchObject([{ outcome: version('1') }, { outcome: { kind: 'unreachable' } }]);
  });
});

import type { Finding } from '../finding';
import { judgeClock, judgeFuture, spanText } from './clock';
import { judgeGroup, type GroupState } from './group';
import { judgeOutbox } from './outbox';
import { judgeSchema } from './schema';
import { judgeSeat } from './seat';
import { judgeTopics, type TopicState } from './topics';

const HOW = 'start it';
const steps = (...names: string[]) => names.map((name) => ({ name, digest: `digest of ${name}` }));
const brief = ({ severity, what }: Finding): string => `${severity}: ${what}`;

describe('a schema', () => {
  const wanted = steps('tables', 'outbox');
  const judged = (applied: ReturnType<typeof steps> | null): string =>
    brief(judgeSchema({ schema: 's', wanted, applied }, HOW));

  it('is judged by its steps', () => {
    expect(judged(wanted)).toBe('ok: 2/2');
    expect(judged(null)).toBe('failing: was never made');
    expect(judged(steps('tables'))).toBe('failing: is at version 1 of 2: outbox missing');
    expect(judged(steps('tables', 'outbox', 'later'))).toMatch(/^failing: is at version 3, newer/);
    expect(judged([...steps('tables'), { name: 'outbox', digest: 'edited' }])).toMatch(
      /^failing: version 2 was made by/,
    );
  });
});

describe('a clock', () => {
  it.each([
    [1_900, 0, 'ok'],
    [-1_900, 0, 'ok'],
    [2_100, 0, 'failing'],
    // The round trip was too long to tell.
    [2_100, 200, 'ok'],
    [-2_592_000_000, 5, 'failing'],
  ])('that differs by %d ms, give or take %d, is %s', (skewMs, uncertaintyMs, severity) => {
    expect(judgeClock('ledger', { skewMs, uncertaintyMs }).severity).toBe(severity);
  });

  it('says which way and how far', () => {
    expect(judgeClock('ledger', { skewMs: -2_592_000_000, uncertaintyMs: 1 }).what).toContain('30 d behind');
    expect(judgeClock('ledger', { skewMs: 3_600_000, uncertaintyMs: 1 }).what).toContain('60 min ahead of');
  });

  it('of who sends is judged by messages from the future', () => {
    expect(judgeFuture([], 60_000).map(brief)).toEqual(['ok: ']);
    expect(judgeFuture(['causeway.intents.v1'], 60_000)).toMatchObject([
      { severity: 'failing', where: 'causeway.intents.v1', what: expect.stringContaining('more than 60 s') },
    ]);
  });

  it.each([
    [0, '0 ms'],
    [1_500, '1.5 s'],
    [600_000, '10 min'],
    [18_000_000, '5 h'],
    [864_000_000, '10 d'],
  ])('%d ms is told as %s', (ms, text) => expect(spanText(ms)).toBe(text));
});

describe('topics', () => {
  const wanted = { partitions: 4, settings: { 'retention.ms': '604800000', 'cleanup.policy': 'delete' } };
  const place = { partition: 0, leader: 1, replicas: 3, inSync: 3 };
  const good: TopicState = { name: 'causeway.intents.v1', wanted, found: { ...wanted, places: [place] } };
  const judged = (topic: TopicState, strangers: string[] = []): Finding[] =>
    judgeTopics({ topics: [topic], strangers, broker: 'host:9092', prefix: 'p.' });
  const withFound = (more: Partial<NonNullable<TopicState['found']>>): TopicState => ({
    ...good,
    found: { ...wanted, places: [place], ...more },
  });

  it('as they should be are one line', () => {
    expect(judged(good)).toMatchObject([{ severity: 'ok', where: 'all 1' }]);
  });

  it('with another setting say what that does, and the command that puts it right', () => {
    expect(judged(withFound({ settings: { ...wanted.settings, 'retention.ms': '3600000' } }))).toEqual([
      {
        check: 'topics',
        where: 'causeway.intents.v1',
        severity: 'failing',
        what: 'retention.ms is 3600000, should be 604800000: what is older than 60 min is thrown away',
        remedy:
          'kafka-configs.sh --bootstrap-server host:9092 --alter --entity-type topics --entity-name p.causeway.intents.v1 --add-config retention.ms=604800000',
      },
    ]);
  });

  it('with fewer partitions fail; with more, which cannot be taken back, are only told', () => {
    expect(judged(withFound({ partitions: 1 }))).toMatchObject([{ severity: 'failing' }]);
    expect(judged(withFound({ partitions: 8 }))).toMatchObject([{ severity: 'attention' }]);
  });

  it('that are missing, leaderless or out of sync fail', () => {
    expect(judged({ ...good, found: null }).map(brief)).toEqual(['failing: does not exist']);
    expect(judged(withFound({ places: [{ ...place, leader: -1 }] })).map(brief)).toEqual([
      'failing: no leader for partition 0',
    ]);
    expect(judged(withFound({ places: [{ ...place, inSync: 1 }] })).map(brief)).toEqual([
      'failing: replicas out of sync in partition 0',
    ]);
  });

  it('that nobody knows are to be looked at', () => {
    expect(judged(good, ['causeway.commands.old.v1'])).toMatchObject([
      { severity: 'attention', where: 'causeway.commands.old.v1' },
    ]);
  });
});

describe('a consumer group', () => {
  const quiet: GroupState = { group: 'ledger', state: 'Stable', members: 1, behind: [], still: [], watchedMs: 5_000 };
  const behind = (lag: number) => [{ topic: 'causeway.records.v1', partition: 2, lag }];
  const judged = (more: Partial<GroupState>): string => brief(judgeGroup('ledger', { ...quiet, ...more }));

  it('is judged by whether it moves, not by how much there is to do', () => {
    expect(judged({})).toBe('ok: 0');
    expect(judged({ behind: behind(40) })).toBe('ok: 40');
    expect(judged({ behind: behind(4_000) })).toMatch(/^attention: moves, but 4000 behind/);
    expect(judged({ behind: behind(1), still: behind(1) })).toBe(
      'failing: stands still for 5 s: 1 behind, most on causeway.records.v1/2 (1)',
    );
  });

  it('without members fails, whether or not there is anything to read', () => {
    expect(judged({ members: 0, state: 'Empty' })).toBe('failing: nobody reads (Empty): nothing behind');
  });
});

describe('an outbox', () => {
  it('is judged by its oldest row', () => {
    expect(judgeOutbox('console', 'console', { rows: 0, oldestMs: null, topic: null }).severity).toBe('ok');
    expect(judgeOutbox('console', 'console', { rows: 900, oldestMs: 800, topic: 't' }).severity).toBe('ok');
    expect(judgeOutbox('console', 'console', { rows: 1, oldestMs: 60_000, topic: 't' }).severity).toBe('failing');
    expect(judgeOutbox('console', 'console', { rows: 20_000, oldestMs: 800, topic: 't' }).severity).toBe('failing');
  });
});

describe('a seat', () => {
  const seat = { holder: 'h', epoch: '7' };
  it.each([
    [null, 'nobody ever did'],
    [{ ...seat, overMs: null }, 'left in order'],
    [{ ...seat, overMs: 6_000 }, 'last heard 6 s ago'],
  ])('%j: nobody holds it', (state, words) => {
    expect(judgeSeat('sequencer', state)).toMatchObject({ severity: 'failing', what: expect.stringContaining(words) });
  });
  it('that stands is ok', () => {
    expect(judgeSeat('sequencer', { ...seat, overMs: -4_000 }).severity).toBe('ok');
  });
});

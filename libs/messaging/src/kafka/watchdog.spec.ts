import type { Admin } from 'kafkajs';
import { silentLog } from '../log';
import { Watchdog } from './watchdog';

/** What the broker tells of one partition, and whether it tells anything; what the watched one is. */
const broker = { answers: true, committed: 5, end: 10 };
const watched = { isMember: true, holdsBack: false };
const admin = {
  fetchOffsets: () =>
    Promise.resolve([{ topic: 't', partitions: [{ partition: 0, offset: String(broker.committed), metadata: null }] }]),
  fetchTopicOffsets: () => Promise.resolve([{ partition: 0, high: String(broker.end), low: '0', offset: '0' }]),
} as unknown as Admin;

let watchdog: Watchdog;
let dead: string[];
beforeEach(() => {
  jest.useFakeTimers();
  Object.assign(broker, { answers: true, committed: 5, end: 10 });
  Object.assign(watched, { isMember: true, holdsBack: false });
  dead = [];
  watchdog = new Watchdog({
    ask: (use) => (broker.answers ? use(admin) : Promise.reject(new Error('does not answer'))),
    ...{ groupId: 'g', topics: ['t'], log: silentLog },
    isMember: () => watched.isMember,
    holdsBack: () => watched.holdsBack,
  });
  watchdog.start((error) => dead.push(error.message));
});
afterEach(() => {
  watchdog.stop();
  jest.useRealTimers();
});
const after = (seconds: number): Promise<void> => jest.advanceTimersByTimeAsync(seconds * 1_000);

describe('the broker is there', () => {
  it('a member without progress is dead after 30 s', async () => {
    await after(39);
    expect(dead).toEqual([]);
    await after(2);
    expect(dead).toEqual(['no progress for 30 s with messages waiting on t/0']);
  });

  it('one that gets on, has nothing to do or holds back is not', async () => {
    for (broker.committed = 5; broker.committed < 10; broker.committed++) await after(30);
    await after(300);
    broker.end = 20;
    watched.holdsBack = true;
    await after(300);
    expect(dead).toEqual([]);
  });

  it('one that is no member has two minutes to become one', async () => {
    watched.isMember = false;
    broker.end = broker.committed;
    await after(129);
    expect(dead).toEqual([]);
    await after(2);
    expect(dead).toEqual(['the broker answers and has not let it into its group for 120 s']);
  });

  it('one that joins again and again and takes nothing is dead after two minutes', async () => {
    for (let i = 0; i < 13; i++) {
      watched.isMember = i % 2 === 0;
      watchdog.assigned({ t: [0] });
      await after(10);
    }
    expect(dead).toEqual(['no progress for 120 s with messages waiting on t/0']);
  });
});

describe('the broker is away', () => {
  it('nothing counts, and afterwards the time begins anew', async () => {
    await after(35);
    watched.isMember = broker.answers = false;
    await after(3_600);
    expect(dead).toEqual([]);
    broker.answers = true;
    await after(100);
    watched.isMember = true;
    watchdog.assigned({ t: [0] });
    broker.committed = 10;
    await after(100);
    expect(dead).toEqual([]);
  });
});

import { MemoryOutbox, PlannedBus } from '../spec/fake-outbox';
import type { Sealed } from './envelopes';
import { Relay } from './relay';

const message = (id: string, key = 'k'): Sealed => ({ id, key, topic: 't', headers: {}, value: Buffer.from(id) });
const until = async (fact: () => boolean): Promise<void> => {
  for (let tries = 0; !fact(); tries++) {
    if (tries > 1_000) throw new Error('it never came true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
const ids = (bus: PlannedBus): string[] => bus.stored.map(({ id }) => id);
/** Stopped whatever becomes of the test: a running relay keeps the process. */
const running: Relay[] = [];
afterEach(() => Promise.all(running.splice(0).map((relay) => relay.stop(0))));
const started = async (bus: PlannedBus, store: MemoryOutbox, more = {}): Promise<Relay> => {
  const relay = new Relay({ bus, store, ...more });
  running.push(relay);
  await relay.start();
  return relay;
};

describe('the relay', () => {
  it('sends what is enqueued, in order, and deletes what was acknowledged', async () => {
    const [bus, store] = [new PlannedBus(), new MemoryOutbox()];
    const relay = await started(bus, store);
    relay.enqueue(store.commit(message('a'), message('b')));
    relay.enqueue(store.commit(message('c')));
    await relay.stop();
    expect(ids(bus)).toEqual(['a', 'b', 'c']);
    expect(store.rows.size).toBe(0);
  });

  it.each(['lost', 'failed'] as const)(
    'given a send that %s, sends the same again before anything later',
    async (answer) => {
      const [bus, store] = [new PlannedBus(['ok', answer, answer]), new MemoryOutbox()];
      const relay = await started(bus, store);
      relay.enqueue(store.commit(message('a')));
      await until(() => bus.log.length === 1);
      relay.enqueue(store.commit(message('b')));
      await until(() => bus.log.length === 2);
      relay.enqueue(store.commit(message('c')));
      await until(() => bus.log.filter((line) => line.startsWith('ok')).length >= 2);
      await relay.stop();
      expect(bus.log[1]).toBe(`${answer} b`);
      const firsts = ids(bus).filter((id, i, all) => all.indexOf(id) === i);
      expect(firsts).toEqual(['a', 'b', 'c']);
      expect(bus.log.slice(2).every((line) => / b/.test(line) || line === 'ok c')).toBe(true);
      expect(store.rows.size).toBe(0);
    },
  );

  it('sends at its start what an earlier process left, before anything new', async () => {
    const [bus, store] = [new PlannedBus(), new MemoryOutbox()];
    store.commit(message('left-1'), message('left-2'));
    const relay = await started(bus, store);
    relay.enqueue(store.commit(message('new')));
    await relay.stop();
    expect(ids(bus)).toEqual(['left-1', 'left-2', 'new']);
  });

  it('sends nothing that is decided later before what a commit without an answer left', async () => {
    const [bus, store] = [new PlannedBus(), new MemoryOutbox()];
    const relay = await started(bus, store);
    relay.enqueue(store.commit(message('a')));
    store.commitInDoubt(message('b'));
    relay.enqueue(store.commit(message('c')));
    await until(() => bus.stored.length === 3);
    await relay.stop();
    expect(ids(bus)).toEqual(['a', 'b', 'c']);
    expect(store.rows.size).toBe(0);
  });

  it('sends nothing while its place may be another’s, and goes on when it is its own again', async () => {
    const [bus, store] = [new PlannedBus(), new MemoryOutbox()];
    let isOurs = false;
    let asked = 0;
    const maySend = (): boolean => {
      asked++;
      return isOurs;
    };
    const relay = await started(bus, store, { maySend });
    relay.enqueue(store.commit(message('a')));
    await until(() => asked > 2);
    expect(bus.log).toEqual([]);
    isOurs = true;
    await until(() => store.rows.size === 0);
    expect(ids(bus)).toEqual(['a']);
  });

  it('sends what such a commit left first, however long the process slept after it', async () => {
    const [bus, store] = [new PlannedBus(), new MemoryOutbox()];
    const relay = await started(bus, store);
    store.commitInDoubt(message('a'));
    const awake = performance.now.bind(performance);
    const slept = jest.spyOn(performance, 'now').mockImplementation(() => awake() + 60_000);
    try {
      relay.enqueue(store.commit(message('b')));
      await until(() => bus.stored.length === 2);
    } finally {
      slept.mockRestore();
    }
    expect(ids(bus)).toEqual(['a', 'b']);
  });

  it('leaves in the table what is not acknowledged when it stops', async () => {
    const [bus, store] = [new PlannedBus(Array<'failed'>(100).fill('failed')), new MemoryOutbox()];
    const relay = await started(bus, store);
    relay.enqueue(store.commit(message('a')));
    await relay.stop(100);
    expect([...store.rows.values()].map(({ id }) => id)).toEqual(['a']);
    expect(ids(bus)).toEqual([]);
  });

  it('does not send a row twice that enqueue and sweep both bring', async () => {
    const [bus, store] = [new PlannedBus(), new MemoryOutbox()];
    const rows = store.commit(message('a'));
    const relay = await started(bus, store);
    relay.enqueue(rows);
    await relay.stop();
    expect(ids(bus)).toEqual(['a']);
  });

  it('does not send a row again that is deleted while a sweep still reads', async () => {
    const [bus, store] = [new PlannedBus(), new MemoryOutbox()];
    const relay = await started(bus, store, { sweepEveryMs: 100 });
    store.readingMs = 700;
    const rows = store.commit(message('a'));
    await until(() => store.reading);
    relay.enqueue(rows);
    await until(() => store.rows.size === 0);
    // The sweeps that follow read nothing, and the one under way is waited for.
    store.readingMs = 0;
    await until(() => !store.reading);
    await relay.stop();
    expect(ids(bus)).toEqual(['a']);
  });

  it('given more than memory may hold, takes the rest from the table, still in order', async () => {
    const [bus, store] = [new PlannedBus(['failed', 'failed']), new MemoryOutbox()];
    const relay = await started(bus, store, { maxQueued: 10 });
    const wanted = Array.from({ length: 200 }, (_, i) => `m${i}`);
    for (const id of wanted) {
      relay.enqueue(store.commit(message(id)));
      if (Number(id.slice(1)) % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(relay.waiting()).toBeLessThanOrEqual(10);
    await until(() => bus.stored.length >= 200);
    await relay.stop();
    expect(ids(bus)).toEqual(wanted);
    expect(store.rows.size).toBe(0);
  });

  it('holds back only the keys that the broker refuses', async () => {
    const [bus, store] = [new PlannedBus([], new Set(['bad'])), new MemoryOutbox()];
    const relay = await started(bus, store);
    relay.enqueue(store.commit(message('x', 'bad'), message('a', 'good')));
    relay.enqueue(store.commit(message('b', 'good'), message('y', 'bad')));
    await until(() => ids(bus).includes('b'));
    await relay.stop(50);
    // The first came with one that was refused, and nobody says which of a request that is.
    expect(ids(bus)).toEqual(['a', 'a', 'b']);
    expect([...store.rows.values()].map(({ id }) => id)).toEqual(['x', 'y']);
    expect(relay.counts.failedSends).toBeGreaterThan(0);
  });

  it('sends others past more refused rows than one request holds, and each of them once', async () => {
    const [bus, store] = [new PlannedBus([], new Set(['bad'])), new MemoryOutbox()];
    const relay = await started(bus, store);
    const bad = Array.from({ length: 1_001 }, (_, i) => message(`bad-${i}`, 'bad'));
    relay.enqueue(store.commit(...bad, message('a', 'good')));
    await until(() => bus.stored.length === 1);
    relay.enqueue(store.commit(message('z', 'bad'), message('b', 'good')));
    await until(() => ids(bus).includes('b'));
    await relay.stop(50);
    expect(ids(bus)).toEqual(['a', 'b']);
  });

  it('sends what was refused, in order, when the broker takes it at last', async () => {
    const refused = new Set(['bad', 'worse']);
    const [bus, store] = [new PlannedBus([], refused), new MemoryOutbox()];
    const relay = await started(bus, store, { refusedEveryMs: 100 });
    const bad = Array.from({ length: 1_500 }, (_, i) => message(`bad-${i}`, 'bad'));
    relay.enqueue(store.commit(message('w', 'worse'), ...bad, message('a', 'good')));
    await until(() => ids(bus).includes('a'));
    refused.delete('bad');
    relay.enqueue(store.commit(message('last', 'bad')));
    await until(() => ids(bus).includes('last'));
    await relay.stop(50);
    const ofBad = bus.stored.filter(({ key }) => key === 'bad').map(({ id }) => id);
    expect(ofBad).toEqual([...bad.map(({ id }) => id), 'last']);
    expect([...store.rows.values()].map(({ id }) => id)).toEqual(['w']);
  });

  it('forgets none of what was refused, wherever it stood between the others', async () => {
    const refused = new Set(['bad']);
    const [bus, store] = [new PlannedBus([], refused), new MemoryOutbox()];
    const relay = await started(bus, store, { refusedEveryMs: 100 });
    const mixed = [message('a', 'good'), message('x', 'bad'), message('b', 'other'), message('c', 'good')];
    relay.enqueue(store.commit(...mixed));
    await until(() => ids(bus).filter((id) => id === 'c').length === 2);
    refused.clear();
    await until(() => store.rows.size === 0);
    expect(ids(bus).at(-1)).toBe('x');
  });

  it('goes on when deleting fails: the rows go with the next turn', async () => {
    const [bus, store] = [new PlannedBus(), new MemoryOutbox()];
    const relay = await started(bus, store);
    store.failures = 1;
    relay.enqueue(store.commit(message('a')));
    await until(() => store.rows.size === 0);
    await relay.stop();
    expect(ids(bus)).toEqual(['a']);
  });

  it('is unhealthy from three failures in a row on, and healthy again after a success', async () => {
    const [bus, store] = [new PlannedBus(['failed', 'failed', 'failed']), new MemoryOutbox()];
    const relay = await started(bus, store);
    relay.enqueue(store.commit(message('a')));
    await until(() => !relay.isHealthy());
    await until(() => relay.isHealthy());
    await relay.stop();
  });
});

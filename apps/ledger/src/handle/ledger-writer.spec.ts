import { Broker, writerBench } from '../../spec/writer-bench';
import { stepStory, type Told } from '../../spec/story';

const idsOf = (items: readonly { draft: { id: string } }[]): string[] => items.map(({ draft }) => draft.id);
const turns = async (count = 30): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve, 1));
};

describe('taking messages in', () => {
  it('given a story in order, appends it, answers, hands it over for publication, and the root is that of the rows', async () => {
    const bench = writerBench();
    bench.writer.start();
    const story = stepStory();
    await bench.writer.take(new Broker().deliver(story));
    expect(bench.logged()).toEqual(idsOf(story));
    expect(bench.store.entriesStored.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(bench.rootIsThatOfRows()).toBe(true);
    expect(bench.published.flatMap(({ entries }) => entries)).toEqual(bench.store.entriesStored);
    await bench.writer.stop();
  });

  it('given the same places again, changes nothing and answers', async () => {
    const bench = writerBench();
    bench.writer.start();
    const broker = new Broker();
    const arrivals = broker.deliver(stepStory());
    await bench.writer.take(arrivals);
    await bench.writer.take(broker.again(arrivals));
    expect(bench.store.entriesStored).toHaveLength(8);
    expect(bench.store.duplicates).toEqual([]);
    await bench.writer.stop();
  });

  it('given the same events at other places, counts them, though memory has forgotten them long ago', async () => {
    const bench = writerBench({ recent: 2 });
    bench.writer.start();
    const broker = new Broker();
    const story = stepStory();
    await bench.writer.take(broker.deliver(story));
    await bench.writer.take(broker.deliver([stepStory(), stepStory()].flat()));
    await bench.writer.take(broker.deliver(story));
    expect(bench.store.entriesStored).toHaveLength(24);
    expect(bench.store.duplicates.map(({ eventId }) => eventId)).toEqual(idsOf(story));
    expect(bench.rootIsThatOfRows()).toBe(true);
    await bench.writer.stop();
  });

  it('given a batch holds an event twice, appends it once', async () => {
    const bench = writerBench();
    bench.writer.start();
    const [intent] = stepStory();
    await bench.writer.take(new Broker().deliver([intent, intent] as never));
    expect(bench.store.entriesStored).toHaveLength(1);
    expect(bench.store.duplicates).toHaveLength(1);
    await bench.writer.stop();
  });

  it('given another message under a taken id, keeps the first and says so', async () => {
    const bench = writerBench();
    bench.writer.start();
    const broker = new Broker();
    const [intent] = stepStory() as [ReturnType<typeof stepStory>[number]];
    await bench.writer.take(broker.deliver([intent]));
    const data = { ...(intent.draft.data as object), requestedBy: 'somebody else' };
    await bench.writer.take(broker.deliver([{ ...intent, draft: { ...intent.draft, data } }]));
    expect(bench.figures.conflicts).toBe(1);
    expect(bench.said.join()).toContain('the id of another message');
    await bench.writer.stop();
  });

  it('given a place holds another event than it did, stops: the topic is not the one that was read', async () => {
    const bench = writerBench();
    bench.writer.start();
    await bench.writer.take(new Broker().deliver(stepStory()));
    void bench.writer.take(new Broker().deliver(stepStory()));
    await turns();
    expect(bench.fatal[0]?.message).toContain('its data was lost, or the topic was made anew');
    expect(bench.store.entriesStored).toHaveLength(8);
  });
});

describe('waiting for a cause', () => {
  it('answers after two seconds, when the place is remembered, and appends when the cause comes', async () => {
    const bench = writerBench();
    bench.writer.start();
    const broker = new Broker();
    const story = stepStory();
    let answered = false;
    void bench.writer.take(broker.deliver(story.slice(1))).then(() => (answered = true));
    await turns();
    expect([answered, bench.store.waiting.length]).toEqual([false, 0]);
    for (let second = 0; second < 3; second++, await turns(300)) bench.time.ms += 1_000;
    expect([answered, bench.store.waiting.length]).toEqual([true, 7]);
    await bench.writer.take(broker.deliver(story.slice(0, 1)));
    expect(bench.logged()).toEqual(idsOf(story));
    await bench.writer.stop();
  });

  it('given the same places twice in one batch, answers neither delivery before the place is remembered', async () => {
    const bench = writerBench();
    bench.writer.start();
    const broker = new Broker();
    const arrivals = broker.deliver(stepStory().slice(1));
    const answered: string[] = [];
    void bench.writer.take(arrivals).then(() => answered.push('first'));
    void bench.writer.take(broker.again(arrivals)).then(() => answered.push('second'));
    await turns();
    expect([answered, bench.store.waiting.length]).toEqual([[], 0]);
    for (let second = 0; second < 3; second++, await turns(300)) bench.time.ms += 1_000;
    expect([answered, bench.store.waiting.length]).toEqual([['first', 'second'], 7]);
    await bench.writer.stop();
  });

  it('given more wait than there is room for, answers none of them and misses no cause until theirs comes', async () => {
    const bench = writerBench({ maxWaiting: 6 });
    bench.writer.start();
    const broker = new Broker();
    const story = stepStory();
    let answered = false;
    const ahead = bench.writer.take(broker.deliver(story.slice(1))).then(() => (answered = true));
    for (let second = 0; second < 4; second++, await turns(300)) bench.time.ms += 1_000;
    expect([answered, bench.writer.isFull, bench.store.waiting.length, bench.logged()]).toEqual([false, true, 0, []]);
    await bench.writer.take(broker.deliver(story.slice(0, 1)));
    await ahead;
    expect([bench.logged(), bench.figures.withoutCause]).toEqual([idsOf(story), 0]);
    await bench.writer.stop();
  });

  it('given a cause that never comes, counts and says every entry that is made without it', async () => {
    const bench = writerBench({ waitMs: 500 });
    bench.writer.start();
    void bench.writer.take(new Broker().deliver(stepStory().slice(1)));
    for (let second = 0; second < 3; second++, await turns(300)) bench.time.ms += 1_000;
    const without = bench.store.entriesStored.filter(({ text }) => text.includes('"causeMissing"'));
    expect(without.length).toBeGreaterThan(0);
    expect(bench.figures.withoutCause).toBe(without.length);
    expect(bench.said.filter((line) => line.startsWith('appended without its causes'))).toHaveLength(without.length);
    await bench.writer.stop();
  });

  it('given a forgotten cause that comes again and stands behind who waits for it, takes the log for it', async () => {
    const bench = writerBench({ recent: 2 });
    bench.writer.start();
    const broker = new Broker();
    const [intent, record, command, result, next] = stepStory() as [Told, Told, Told, Told, Told];
    await bench.writer.take(broker.deliver([intent, record]));
    await bench.writer.take(broker.deliver(stepStory()));
    void bench.writer.take(broker.deliver([next]));
    await turns();
    const ordered = { ...command, draft: { ...command.draft, causationIds: [record.draft.id] } };
    const last = bench.writer.take(broker.deliver([record, ordered, result]));
    await Promise.race([last, turns(300)]);
    expect(bench.logged().slice(-3)).toEqual(idsOf([command, result, next]));
    expect(bench.store.duplicates.map(({ eventId }) => eventId)).toEqual([record.draft.id]);
    await bench.writer.stop();
  });

  it('given nothing can come in, the time does not count', async () => {
    const bench = writerBench({ waitMs: 500 });
    bench.time.takingIn = false;
    bench.writer.start();
    void bench.writer.take(new Broker().deliver(stepStory().slice(1)));
    for (let second = 0; second < 3; second++, await turns(300)) bench.time.ms += 1_000;
    expect(bench.logged()).toEqual([]);
    bench.time.takingIn = true;
    for (let second = 0; second < 3; second++, await turns(300)) bench.time.ms += 1_000;
    expect(bench.logged()).toHaveLength(7);
    await bench.writer.stop();
  });

  it('given one late cause frees thousands, no transaction is larger than a batch', async () => {
    const bench = writerBench();
    bench.writer.start();
    const broker = new Broker();
    const stories = Array.from({ length: 200 }, stepStory);
    const [last] = stepStory() as [ReturnType<typeof stepStory>[number]];
    const held = stories.map(([intent, ...rest]) => [
      { ...intent, draft: { ...intent?.draft, causationIds: [last.draft.id] } },
      ...rest,
    ]);
    void bench.writer.take(broker.deliver(held.flat() as never));
    await turns();
    await bench.writer.take(broker.deliver([last]));
    await turns(100);
    expect(bench.logged()).toHaveLength(1_601);
    expect(Math.max(...bench.store.batches.map(({ entries }) => entries.length))).toBe(1_000);
    await bench.writer.stop();
  });
});

describe('a database that fails', () => {
  it.each(['failed', 'lost'] as const)(
    'given an append %s, the batch is in once and the log goes on',
    async (fault) => {
      const bench = writerBench();
      bench.writer.start();
      const broker = new Broker();
      bench.store.faults = [fault];
      await bench.writer.take(broker.deliver(stepStory()));
      await bench.writer.take(broker.deliver(stepStory()));
      expect(bench.store.entriesStored.map(({ index }) => index)).toEqual(Array.from({ length: 16 }, (_, i) => i));
      expect(bench.store.duplicates).toEqual([]);
      expect(bench.published.flatMap(({ entries }) => entries)).toHaveLength(16);
      expect(bench.rootIsThatOfRows()).toBe(true);
      await bench.writer.stop();
    },
  );

  it('given it is away for a while, answers nothing until it is back', async () => {
    const bench = writerBench();
    bench.writer.start();
    bench.store.away = true;
    let answered = false;
    const taken = bench.writer.take(new Broker().deliver(stepStory())).then(() => (answered = true));
    await turns();
    expect(answered).toBe(false);
    bench.store.away = false;
    await taken;
    expect(bench.logged()).toHaveLength(8);
    await bench.writer.stop();
  });

  it('given another writer took over, appends nothing more and stops', async () => {
    const bench = writerBench();
    bench.writer.start();
    const broker = new Broker();
    await bench.writer.take(broker.deliver(stepStory()));
    bench.store.epoch = 2;
    void bench.writer.take(broker.deliver(stepStory()));
    await turns();
    expect(bench.fatal[0]?.name).toBe('WriterReplaced');
    expect(bench.store.entriesStored).toHaveLength(8);
  });

  it('given the log grew by the hand of a later writer, says that it was replaced and calls nothing damaged', async () => {
    const bench = writerBench();
    bench.writer.start();
    const broker = new Broker();
    await bench.writer.take(broker.deliver(stepStory()));
    const head = bench.store.heads.at(-1);
    if (head) bench.store.heads.push({ ...head, size: 9, epoch: head.epoch + 1 });
    bench.store.faults = ['failed'];
    void bench.writer.take(broker.deliver(stepStory()));
    await turns();
    expect(bench.fatal[0]?.name).toBe('WriterReplaced');
  });

  it('given the log grew by another hand, stops rather than fork it', async () => {
    const bench = writerBench();
    bench.writer.start();
    const broker = new Broker();
    await bench.writer.take(broker.deliver(stepStory()));
    const head = bench.store.heads.at(-1);
    if (head) bench.store.heads.push({ ...head, size: 9 });
    bench.store.faults = ['failed'];
    void bench.writer.take(broker.deliver(stepStory()));
    await turns();
    expect(bench.fatal[0]?.message).toContain('the log has 9 entries, this writer had 8');
  });
});

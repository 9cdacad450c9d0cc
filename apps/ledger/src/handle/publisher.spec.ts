import { allTopics, limits, topicNames, type Entries } from '@causeway/contracts';
import { leavesIn } from '@causeway/ledger-core';
import { openRaw, topicIndex, type Sealed } from '@causeway/messaging';
import { loadVerifier, newEventId } from '@causeway/signing';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cast, EXECUTOR, stepStory } from '../../spec/story';
import { Broker, writerBench } from '../../spec/writer-bench';
import { Publisher } from './publisher';

const people = cast(mkdtempSync(join(tmpdir(), 'causeway-publisher-')));
const door = { verifier: loadVerifier(people.trustFile), topics: topicIndex(allTopics([EXECUTOR])) };
const exportHeader = { line: 'line', note: 'note' };
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

/** A log with entries, and a publisher of it whose broker takes or loses what the plan says. */
async function publishing({ already = 0, plan = [] as ('failed' | 'lost')[], entries = 8 } = {}) {
  const during: (() => void)[] = [];
  const log = writerBench();
  log.writer.start();
  const broker = new Broker();
  const append = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += 8) await log.writer.take(broker.deliver(stepStory()));
  };
  await append(entries);
  const sent: Sealed[] = [];
  const positions: number[] = [];
  const publisher = new Publisher({
    bus: {
      send: async (messages) => {
        during.shift()?.();
        const fault = messages.length > 0 ? plan.shift() : undefined;
        if (fault !== 'failed') sent.push(...messages);
        if (fault) throw new Error('no acknowledgement');
      },
    },
    signer: people.signer('ledger'),
    origin: 'causeway.local/ledger',
    store: log.store,
    position: { size: async () => already, reached: async (size) => void positions.push(size) },
    noteOf: ({ note }) => `${note} signed today`,
    exportHeader,
    figures: log.figures,
    log: silent,
    now: Date.now,
    newId: newEventId,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 5))),
  });
  const published = (): Sealed[] => sent.filter(({ topic }) => topic === topicNames.ledger);
  const leaves = (): string[] => published().flatMap(({ value }) => leavesOf(value));
  const indices = (): number[] => leaves().map((leaf) => JSON.parse(leaf).data.index);
  const checkpoints = (): { size: number; exportHeader?: object }[] =>
    sent.filter(({ topic }) => topic === topicNames.checkpoints).map(({ value }) => JSON.parse(String(value)).data);
  return { publisher, log, append, during, sent, published, positions, leaves, indices, checkpoints };
}

const leavesOf = (value: Buffer): string[] => leavesIn(JSON.parse(String(value)) as Entries).map(({ leaf }) => leaf);
const upTo = (count: number, from = 0): number[] => Array.from({ length: count - from }, (_, i) => from + i);

describe('publishing the log', () => {
  it('given a start behind, sends what is missing from the rows, then the checkpoint with the export header', async () => {
    const { publisher, indices, checkpoints, positions } = await publishing({ already: 3 });
    await publisher.start();
    await settle();
    expect(indices()).toEqual(upTo(8, 3));
    expect(checkpoints()).toMatchObject([{ size: 8, exportHeader }]);
    await publisher.stop();
    expect(positions.at(-1)).toBe(8);
  });

  it('given nothing is missing, sends the newest checkpoint again with the export header', async () => {
    const { publisher, indices, checkpoints } = await publishing({ already: 8 });
    await publisher.start();
    await settle();
    expect(indices()).toEqual([]);
    expect(checkpoints()).toMatchObject([{ size: 8, exportHeader, note: expect.stringMatching(/signed today$/) }]);
    await publisher.stop();
  });

  it('given commits while it runs, sends the stored bytes in order, each batch covered by a checkpoint', async () => {
    const { publisher, log, append, indices, checkpoints, leaves } = await publishing({ entries: 0 });
    await publisher.start();
    // The bench's own publication is elsewhere; what it committed is handed over here.
    for (let batch = 0; batch < 3; batch++) {
      await append(8);
      const last = log.published.at(-1);
      if (last) publisher.committed(last.entries, last.head);
      await settle();
    }
    expect(indices()).toEqual(upTo(24));
    expect(checkpoints().map(({ size, exportHeader: header }) => [size, header !== undefined])).toEqual([
      [8, true],
      [16, false],
      [24, false],
    ]);
    expect(leaves()).toEqual(log.store.entriesStored.map(({ text }) => text));
    await publisher.stop();
  });

  it('given more than one send waits, covers what is sent by a checkpoint before the rest', async () => {
    const { publisher, log, append, sent } = await publishing({ entries: 0 });
    await append(1_600);
    for (const { entries, head } of log.published) publisher.committed(entries, head);
    await publisher.start();
    await settle();
    const order = sent.flatMap(({ topic, value }) =>
      topic === topicNames.checkpoints ? [JSON.parse(String(value)).data.size] : leavesOf(value).map(() => 0),
    );
    expect(order.filter((size) => size > 0)).toEqual([1_000, 1_600]);
    expect(order.indexOf(1_000)).toBe(1_000);
    await publisher.stop();
  });

  it('given hundreds of entries, packs them into few messages that every reader of the topic takes', async () => {
    const { publisher, log, append, published, indices } = await publishing({ entries: 0 });
    await append(400);
    for (const { entries, head } of log.published) publisher.committed(entries, head);
    await publisher.start();
    await settle();
    const messages = published();
    expect(indices()).toEqual(upTo(400));
    expect(messages.length).toBeLessThanOrEqual(20);
    for (const [offset, { value, ...sealed }] of messages.entries()) {
      const opened = openRaw({ ...sealed, value, partition: 0, offset: String(offset), timestampMs: 0 }, door);
      expect(opened).toMatchObject({ kind: 'message', received: { principal: 'ledger' } });
      expect(value.length).toBeLessThanOrEqual(limits.messageBytes);
    }
    await publisher.stop();
  });

  it('given nothing more to send, notes what is on the topic while it rests', async () => {
    const { publisher, log, append, positions } = await publishing({ entries: 0 });
    await publisher.start();
    await append(8);
    // The second batch follows within the second in which no position is noted.
    for (const { entries, head } of log.published) publisher.committed(entries, head);
    await settle();
    await append(8);
    const last = log.published.at(-1);
    if (last) publisher.committed(last.entries, last.head);
    await settle();
    expect(positions).toEqual([8]);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(positions).toEqual([8, 16]);
    await publisher.stop();
  });

  it.each(['failed', 'lost'] as const)('given a send %s, sends the same again before anything later', async (fault) => {
    const { publisher, indices, checkpoints } = await publishing({ plan: [fault, fault] });
    await publisher.start();
    await settle();
    await publisher.stop();
    const all = indices();
    expect([...new Set(all)]).toEqual(upTo(8));
    expect(all).toHaveLength(fault === 'lost' ? 24 : 8);
    expect(checkpoints().at(-1)?.size).toBe(8);
  });

  it('given more waits than memory may hold, goes on from the rows without a gap', async () => {
    const { publisher, log, append, indices } = await publishing({ entries: 0 });
    await append(16);
    const [first, second] = log.published;
    if (!first || !second) throw new Error('two batches were appended');
    // The first batch never reached the queue.
    await publisher.start();
    publisher.committed(second.entries, second.head);
    await settle();
    expect(indices()).toEqual(upTo(16));
    await publisher.stop();
  });

  it('given so much comes during a send that memory lets go of it, still covers the newest by a checkpoint', async () => {
    const { publisher, log, append, during, indices, checkpoints } = await publishing({ entries: 0 });
    await publisher.start();
    await append(8);
    await append(8);
    const [first, second] = log.published;
    if (!first || !second) throw new Error('two batches were appended');
    const tooMany = Array.from({ length: 20_001 }, () => second.entries[0] as (typeof second.entries)[number]);
    during.push(() => publisher.committed(tooMany, second.head));
    publisher.committed(first.entries, first.head);
    await settle();
    expect(indices()).toEqual(upTo(16));
    expect(checkpoints().at(-1)?.size).toBe(16);
    await publisher.stop();
  });
});

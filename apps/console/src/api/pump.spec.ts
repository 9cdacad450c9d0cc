import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EntryItem } from '@causeway/console-api';
import type { Entry } from '@causeway/contracts';
import { LaggingRegion } from '@causeway/testkit';
import { readEvents, type ReadEvent } from '../../spec/read-events';
import { Live } from '../handle/live';
import { EventStream } from './event-stream';
import type { ConsoleResponse } from './http';
import { pump, type Source } from './pump';

const { ledger, sequence } = new LaggingRegion().untilHeld().untilCompleted();
const items = ledger.entries.map((text): EntryItem => {
  const { time, data } = JSON.parse(text) as Entry;
  const place = { index: String(data.index), recordedAt: time, sequenceId: sequence.id, step: null };
  const message = JSON.parse(data.value) as EntryItem['message'];
  return { ...place, eventId: data.eventId, type: data.eventType, topic: data.topic, message };
});
const LAST = items.length - 1;

/** What is stored by now: so many entries of the story. */
let stored = items.length;
const source: Source = {
  read: (after, limit) => Promise.resolve(items.slice(after + 1, Math.min(stored, after + 1 + limit))),
  isOver: () => Promise.resolve(stored === items.length),
};

const live = new Live();
let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => {
    const follower = live.follow(sequence.id);
    const stream = new EventStream(response as ConsoleResponse);
    void pump(stream, follower, source, Number(request.headers['last-event-id'] ?? -1)).finally(() => {
      follower.end();
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  live.close();
  server.close();
});

const open = (lastEventId: string | null) =>
  readEvents(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, lastEventId);
const told = (events: readonly ReadEvent[]) => events.map(({ event, id }) => `${event} ${id}`);

describe('the stream of a sequence that is over', () => {
  it('ends for whoever resumes behind its last entry', async () => {
    const { events, done } = open(String(LAST));
    await done;
    expect(told(events)).toEqual([`end ${LAST}`]);
    expect(live.count).toBe(0);
  });

  it('ends right after the last entry for whoever reads it', async () => {
    const { events, done } = open(String(LAST - 1));
    await done;
    expect(told(events)).toEqual([`entry ${LAST}`, `end ${LAST}`]);
  });
});

describe('the stream of a sequence that is not over', () => {
  it('stays open, and ends with it', async () => {
    stored = items.length - 2;
    const { events, done } = open(String(stored - 1));
    while (live.count === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stored = items.length;
    live.announce({ next: stored, sequenceIds: [sequence.id] });
    await done;
    expect(told(events)).toEqual([`entry ${LAST - 1}`, `entry ${LAST}`, `end ${LAST}`]);
  });
});

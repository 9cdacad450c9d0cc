import type { HistoryEvent } from './event';
import { endOf, readFrom, type Place } from './reading';

/** A history as Unleash gives it: by the time that was written, newest first, in pages. */
class History {
  events: { id: number; at: number }[] = [];
  pages = 0;

  constructor(private readonly size = 5) {}

  add(id: number, at: number): void {
    this.events.push({ id, at });
  }

  page = (offset: number) => {
    this.pages++;
    const sorted = [...this.events].sort((a, b) => b.at - a.at || b.id - a.id);
    const events = sorted.slice(offset, offset + this.size).map(({ id }) => ({ id }) as HistoryEvent);
    return Promise.resolve({ events, total: this.events.length });
  };
}

let history: History;
let place: Place;
let now: number;
/** The numbers that are new, each sweep a second later. */
async function sweep(seconds = 1): Promise<number[]> {
  now += seconds * 1_000;
  const reading = await readFrom(place, history.page, now);
  place = JSON.parse(JSON.stringify(reading.place)) as Place;
  if (reading.cut) throw new Error('cut');
  return reading.fresh.map(({ id }) => id);
}
beforeEach(async () => {
  history = new History();
  for (let id = 1; id <= 12; id++) history.add(id, id);
  now = 1_000_000;
  place = await endOf(history.page, now);
});

it('tells what is new, by rising number, once, over many pages', async () => {
  expect(await sweep()).toEqual([]);
  for (let id = 13; id <= 40; id++) history.add(id, id);
  expect(await sweep()).toEqual(Array.from({ length: 28 }, (_, i) => 13 + i));
  for (let sweeps = 0; sweeps < 30; sweeps++) expect(await sweep()).toEqual([]);
  expect(place).toMatchObject({ settled: 40, known: [], count: 40 });
});

it('reads one page while nothing happens', async () => {
  history.pages = 0;
  for (let sweeps = 0; sweeps < 30; sweeps++) await sweep();
  expect(history.pages).toBe(30);
});

it('a number that becomes visible after a higher one is not missed', async () => {
  history.add(14, 14);
  expect(await sweep()).toEqual([14]);
  history.add(13, 13);
  expect(await sweep(9)).toEqual([13]);
  expect(await sweep()).toEqual([]);
});

it('a clock that was set back hides nothing, and costs little afterwards', async () => {
  for (let id = 13; id <= 30; id++) history.add(id, id);
  await sweep();
  history.add(31, 2);
  expect(await sweep(60)).toEqual([31]);
  expect(await sweep(60)).toEqual([]);
  history.add(32, 1);
  history.add(33, 31);
  expect(await sweep()).toEqual([32, 33]);
  expect(await sweep()).toEqual([]);
});

it('a history that begins empty', async () => {
  history = new History();
  place = await endOf(history.page, now);
  expect(await sweep()).toEqual([]);
  history.add(1, 1);
  history.add(2, 2);
  expect(await sweep()).toEqual([1, 2]);
  expect(await sweep(30)).toEqual([]);
});

it('a history that was cut, or an older one put back, is told, and reading goes on from there', async () => {
  history.events = history.events.filter(({ id }) => id < 10);
  await expect(sweep()).rejects.toThrow('cut');
  history.add(10, 20);
  expect(await sweep()).toEqual([10]);
});

it('old events that were cleaned away are no loss', async () => {
  history.events = history.events.filter(({ id }) => id > 6);
  expect(await sweep()).toEqual([]);
  history.add(13, 1);
  expect(await sweep()).toEqual([13]);
});

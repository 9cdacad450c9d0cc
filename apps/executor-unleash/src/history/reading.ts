/**
 * Reading a history that is given newest first by a clock that may be wrong, whose numbers may become visible late, and which says how
 * many entries it has.
 *
 * 1. What was seen in the last 10 to 20 seconds is read again: a number below the highest may have come since.
 * 2. The count says how many are new. Until that many were found, reading goes on into older pages: a clock set back hides nothing.
 * 3. The highest number known has to be there still, else the history was cut.
 */
import { z } from 'zod';
import type { HistoryEvent, HistoryPage } from './event';

export const place = z.object({
  /** Everything up to this number was seen long ago. */
  settled: z.number(),
  /** Numbers above it that were seen. */
  known: z.array(z.number()),
  /** The highest number known at that time, observer's clock, milliseconds: the next to be settled. */
  mark: z.object({ id: z.number(), at: z.number() }),
  /** How many entries there were in all. */
  count: z.number(),
});
export type Place = z.output<typeof place>;

export interface Reading {
  /** By rising number. */
  readonly fresh: readonly HistoryEvent[];
  readonly place: Place;
  readonly cut: boolean;
}

type ReadPage = (offset: number) => Promise<HistoryPage>;

const SETTLED_AFTER_MS = 10_000;

/** The place behind everything there is. */
export async function endOf(readPage: ReadPage, nowMs: number): Promise<Place> {
  const { events, total } = await readPage(0);
  const highest = Math.max(0, ...idsOf(events));
  return { settled: highest, known: [], mark: { id: highest, at: nowMs }, count: Math.max(total, events.length) };
}

export async function readFrom(from: Place, readPage: ReadPage, nowMs: number): Promise<Reading> {
  const { events, whole, total } = await readEnough(from, readPage);
  const known = new Set(from.known);
  const fresh = events.filter(({ id }) => id > from.settled && !known.has(id)).sort((a, b) => a.id - b.id);
  const cut = !isThere(highestOf(from), events);
  if (cut) return { fresh, cut, place: await endOf(readPage, nowMs) };
  // It was counted before it was read: without anything new it is exact, and takes in what was cleaned away meanwhile.
  const counted = fresh.length === 0 ? total : from.count + fresh.length;
  const count = whole ? events.length : counted;
  return { fresh, cut, place: moved(from, idsOf(fresh), count, nowMs) };
}

const highestOf = ({ settled, known }: Place): number => Math.max(settled, ...known);

const isThere = (highest: number, events: readonly HistoryEvent[]): boolean =>
  highest === 0 || events.some(({ id }) => id === highest);

/** Pages until they hold what is settled, the highest known, and as many new entries as the count says; at most all of them. */
async function readEnough(
  from: Place,
  readPage: ReadPage,
): Promise<{ events: readonly HistoryEvent[]; whole: boolean; total: number }> {
  const found = new Map<number, HistoryEvent>();
  let first: number | null = null;
  for (let offset = 0; ;) {
    const { events, total } = await readPage(offset);
    // What came after the first page is at the top, not in the pages to come.
    first ??= total;
    for (const event of events) found.set(event.id, event);
    offset += events.length;
    const whole = events.length === 0 || offset >= total;
    const all = [...found.values()];
    if (whole || isEnough(all, from, first - from.count)) return { events: all, whole, total: first };
  }
}

function isEnough(events: readonly HistoryEvent[], from: Place, wanted: number): boolean {
  const known = new Set(from.known);
  const fresh = events.filter(({ id }) => id > from.settled && !known.has(id)).length;
  return fresh >= wanted && events.some(({ id }) => id <= from.settled) && isThere(highestOf(from), events);
}

function moved(from: Place, fresh: readonly number[], count: number, nowMs: number): Place {
  const known = [...from.known, ...fresh];
  const age = nowMs - from.mark.at;
  if (age >= 0 && age < SETTLED_AFTER_MS) return { ...from, known, count };
  const settled = from.mark.id;
  const mark = { id: Math.max(settled, ...known), at: nowMs };
  return { settled, known: known.filter((id) => id > settled), mark, count };
}

const idsOf = (events: readonly HistoryEvent[]): number[] => events.map(({ id }) => id);

import { z } from 'zod';
import { storedCursor } from '@causeway/executor-host';
import type { Json, Observer, SeenMutation, Sweep } from '@causeway/executor-sdk';
import { HistoryClient, type Keeping } from './client/history-client';
import type { KeycloakObserverSettings } from './config';
import { changedGroupOf, switchesHistoryOff, type AdminEvent } from './history/admin-event';
import { Names } from './history/names';
import { toldBy } from './history/told';

/**
 * Follows the admin events of one realm. What is governed: the realm roles of groups; and groups and roles themselves, as far as a
 * change of them takes mappings along (rename, move, delete, roles within roles). Roles of single users are not.
 *
 * 1. Events have no number, and their time is from before their commit: every sweep asks again for a while back, and what is
 *    known by its id is dropped.
 * 2. Keycloak's clock only says where to begin reading. It may be wrong by any constant; set back by up to half an hour, it
 *    makes no event be missed.
 * 3. Ours are those of our executor's service account: Keycloak has no place for an attempt.
 * 4. A gap is: events switched off (now, or for a while in between), ended before they were read, or deleted by hand.
 */
export function keycloakObserver(settings: KeycloakObserverSettings, now: () => number): Observer {
  const following = new Following(settings, now);
  return {
    get everyMs() {
      return following.everyMs();
    },
    begin: (signal) => following.begin(signal),
    sweep: async (cursor, signal) => following.sweep(storedCursor(cursorForm, cursor), signal),
  };
}

const cursorForm = z.object({
  /** The observer's clock when the last sweep began. */
  lookedAt: z.number(),
  /** Keycloak's time of the newest event, no later than our own clock then. */
  newest: z.number(),
  /** Id and time of the events of the last hour before that. */
  known: z.array(z.tuple([z.string(), z.number()])),
});
type Cursor = z.output<typeof cursorForm>;

/** A history that is switched off is a gap at every sweep: then they are few. */
const EVERY_MS = { on: 250, off: 5_000 };
/** How far back a sweep reads, milliseconds: most of them, and one now and then. */
const BACK_MS = { short: 10_000, long: 30 * 60_000 };
const LONG_EVERY_MS = 5_000;
const CHECK_KEEPING_EVERY_MS = 10_000;

class Following {
  private readonly history: HistoryClient;
  private readonly names: Names;
  private keeping: (Keeping & { readonly checked: number }) | null = null;
  private lastLong = -Infinity;

  constructor(
    private readonly settings: KeycloakObserverSettings,
    private readonly now: () => number,
  ) {
    this.history = new HistoryClient(settings.reader);
    this.names = new Names(this.history);
  }

  everyMs(): number {
    return this.keeping?.on === false ? EVERY_MS.off : EVERY_MS.on;
  }

  async begin(signal: AbortSignal): Promise<Json> {
    const lookedAt = this.now();
    const newest = Math.min((await this.history.newestTime(signal)) ?? 0, lookedAt);
    const events = await this.history.eventsSince(back(newest, BACK_MS.long), signal);
    return { lookedAt, newest, known: events.map(({ id, time }): [string, number] => [id, time]) };
  }

  async sweep(cursor: Cursor, signal: AbortSignal): Promise<Sweep> {
    const lookedAt = this.now();
    const long = performance.now() - this.lastLong >= LONG_EVERY_MS;
    const since = back(cursor.newest, long ? BACK_MS.long : BACK_MS.short);
    const events = await this.history.eventsSince(since, signal);
    const known = new Set(cursor.known.map(([id]) => id));
    const fresh = events.filter(({ id }) => !known.has(id));
    const keeping = await this.checkKeeping(fresh, signal);
    if (long) this.names.forgetUsers();
    const mutations = await this.tell(fresh, signal);
    if (long) this.lastLong = performance.now();
    const gap = gapOf({ cursor, since, events, fresh, keeping, lookedAt, realm: this.settings.reader.realm });
    return { mutations, cursor: nextCursor(cursor, { since, events, fresh, lookedAt }), gap };
  }

  private async tell(events: readonly AdminEvent[], signal: AbortSignal): Promise<SeenMutation[]> {
    const lastRename = events.findLastIndex((event) => changedGroupOf(event) !== null);
    const told: SeenMutation[] = [];
    for (const [index, event] of events.entries()) {
      const { names, settings } = this;
      const groupsAsNow = index >= lastRename;
      told.push(...(await toldBy(event, { names, executorClientId: settings.executorClientId, groupsAsNow, signal })));
      if (changedGroupOf(event) !== null) names.forgetGroups();
    }
    return told;
  }

  /** A change of the realm's settings is an event itself, so it need not be asked for each time. */
  private async checkKeeping(fresh: readonly AdminEvent[], signal: AbortSignal): Promise<Keeping> {
    const { keeping } = this;
    const changed = fresh.some(({ resourceType }) => resourceType === 'REALM');
    const isOld = !keeping?.on || performance.now() - keeping.checked >= CHECK_KEEPING_EVERY_MS;
    if (keeping && !changed && !isOld) return keeping;
    this.keeping = { ...(await this.history.keeping(signal)), checked: performance.now() };
    return this.keeping;
  }
}

const back = (time: number, by: number): number => Math.max(0, time - by);

interface Looked {
  readonly cursor: Cursor;
  readonly since: number;
  readonly events: readonly AdminEvent[];
  readonly fresh: readonly AdminEvent[];
  readonly keeping: Keeping;
  readonly lookedAt: number;
  readonly realm: string;
}

function gapOf(looked: Looked): Sweep['gap'] {
  const { cursor, keeping, fresh, lookedAt, realm } = looked;
  const gap = (reason: string, to = lookedAt): Sweep['gap'] => ({
    from: new Date(cursor.lookedAt).toISOString(),
    to: new Date(Math.max(to, cursor.lookedAt)).toISOString(),
    reason,
  });
  if (!keeping.on) return gap(`admin events of realm ${realm} are switched off`);
  if (fresh.some(switchesHistoryOff)) return gap(`admin events of realm ${realm} were switched off for a while`);
  if (wasCut(looked)) return gap(`admin events of realm ${realm} were deleted`);
  const keptMs = keeping.forSeconds === null ? Infinity : keeping.forSeconds * 1_000;
  if (lookedAt - cursor.lookedAt <= keptMs) return null;
  return gap(`realm ${realm} keeps admin events for ${keeping.forSeconds} s only`, lookedAt - keptMs);
}

/** An event that was there is there no longer. Where events end by themselves that means nothing. */
function wasCut({ cursor, since, events, keeping }: Looked): boolean {
  if (keeping.forSeconds !== null) return false;
  const there = new Set(events.map(({ id }) => id));
  return cursor.known.some(([id, time]) => time >= since && !there.has(id));
}

function nextCursor(
  cursor: Cursor,
  { since, events, fresh, lookedAt }: Pick<Looked, 'since' | 'events' | 'fresh' | 'lookedAt'>,
): Cursor {
  const times = fresh.map(({ time }) => Math.min(time, lookedAt));
  const newest = times.length > 0 ? Math.max(...times) : cursor.newest;
  const read = events.map(({ id, time }): [string, number] => [id, time]);
  const earlier = cursor.known.filter(([, time]) => time < since && time >= back(newest, 2 * BACK_MS.long));
  return { lookedAt, newest, known: [...earlier, ...read] };
}

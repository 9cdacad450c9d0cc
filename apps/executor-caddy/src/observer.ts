import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { storedCursor } from '@causeway/executor-host';
import type { Json, Observer, SeenMutation, Sweep } from '@causeway/executor-sdk';
import { LookClient } from './client/look-client';
import type { CaddyObserverSettings } from './config';
import { AdminLog, logPlace, type LogRead } from './history/admin-log';
import { eventOf, type LogEvent } from './history/log-line';
import { isWrite, settle, type Settled } from './history/settle';
import { toldBy, type State } from './history/told';

/**
 * Follows the policy at Caddy's control plane by the admin log and by looks.
 *
 * 1. The log says who asked for what and, in lines of their own, how it ended. It has no contents: those come from a look after it.
 * 2. A look leaves a line of its own, so it is known which writes were before it. While writes are under way it is made again.
 * 3. Ours are those that name our executor and the attempt; the admin address knows no accounts.
 * 4. A look now and then sees what no line explains: then it happened between two looks.
 * 5. A log that was rotated is read on in the old file; what is gone from it is a gap.
 */
export function caddyObserver(settings: CaddyObserverSettings, now: () => number): Observer {
  const following = new Following(settings, now);
  return {
    everyMs: EVERY_MS,
    begin: (signal) => following.begin(signal),
    sweep: async (cursor, signal) => following.sweep(storedCursor(cursorForm, cursor), signal),
  };
}

/** The less time between two looks, the fewer contents stay unknown; without writes a sweep only reads the end of a file. */
const EVERY_MS = 100;
const LOOK_EVERY_MS = 5_000;
/** How long what is under way is waited for, and how long our own line in the log. */
const WAIT_MS = { writes: 1_500, ownLine: 1_500, between: 30 };

const cursorForm = z.object({
  log: logPlace,
  /** The policy at the last look; null: not known. */
  held: z.object({ document: z.record(z.string(), z.json()).nullable(), etag: z.string().nullable() }).nullable(),
  /** Observer's clock, RFC 3339. */
  lookedAt: z.string(),
  sweptAt: z.string(),
});
type Cursor = z.output<typeof cursorForm>;

interface Looked {
  readonly read: LogRead;
  readonly settled: readonly Settled[];
  /** null: writes went on all the time, so it is not known which the look saw. */
  readonly held: State;
}

class Following {
  private readonly log: AdminLog;
  private readonly client: LookClient;

  constructor(
    private readonly settings: CaddyObserverSettings,
    private readonly now: () => number,
  ) {
    this.log = new AdminLog(settings.adminLog);
    this.client = new LookClient(settings);
  }

  async begin(signal: AbortSignal): Promise<Json> {
    const at = this.instant();
    const cursor: Cursor = { log: await this.log.end(), held: null, lookedAt: at, sweptAt: at };
    return afterLook(cursor, at, await this.look(cursor, signal));
  }

  async sweep(cursor: Cursor, signal: AbortSignal): Promise<Sweep> {
    const at = this.instant();
    const read = await this.log.readFrom(cursor.log);
    if (!this.mustLook(cursor, read)) return { mutations: [], cursor: afterRead(cursor, at, read), gap: null };
    const looked = await this.look(cursor, signal);
    const mutations = this.tell(cursor, looked);
    return { mutations, cursor: afterLook(cursor, at, looked), gap: this.gapOf(cursor, looked) };
  }

  private mustLook({ held, lookedAt }: Cursor, { lines, lost }: LogRead): boolean {
    const isOld = Math.abs(this.now() - Date.parse(lookedAt)) >= LOOK_EVERY_MS;
    return lost !== null || held === null || isOld || eventsOf(lines).some(changesSomething);
  }

  /** Looks until no write is under way around the look, or until that has taken too long. */
  private async look(cursor: Cursor, signal: AbortSignal): Promise<Looked> {
    const deadline = performance.now() + WAIT_MS.writes;
    while (true) {
      const mark = randomUUID();
      const held = await this.client.look(mark, signal);
      const { read, events, at } = await this.readPast(mark, cursor);
      const giveUp = performance.now() > deadline;
      const { settled, upTo } = settle(events, giveUp);
      if (isBetweenWrites(events, at)) return { read, settled, held };
      if (giveUp && upTo === events.length) return { read, settled, held: isLast(events, at) ? held : null };
      await pause(WAIT_MS.between, undefined, { signal });
    }
  }

  /** The log up to its end, which is behind the line of our own look. Throws when that line does not come: then this is not the log. */
  private async readPast(mark: string, { log }: Cursor): Promise<{ read: LogRead; events: LogEvent[]; at: number }> {
    const deadline = performance.now() + WAIT_MS.ownLine;
    while (true) {
      const read = await this.log.readFrom(log);
      const events = eventsOf(read.lines);
      const at = events.findIndex((event) => event.kind === 'request' && event.request.look === mark);
      if (at >= 0) return { read, events, at };
      if (performance.now() > deadline)
        throw new Error(
          `${this.settings.adminLog} does not show our own look at ${this.settings.adminUrl}: correct CADDY_ADMIN_LOG, and let Caddy log there as JSON, level info`,
        );
      await pause(WAIT_MS.between);
    }
  }

  private tell(cursor: Cursor, { read, settled, held }: Looked): SeenMutation[] {
    const { policyId } = this.settings;
    const before = read.lost ? null : cursor.held;
    return toldBy({ policyId, settled, before, after: held, from: cursor.lookedAt, to: this.instant() });
  }

  private gapOf({ sweptAt }: Cursor, { read }: Looked): Sweep['gap'] {
    return read.lost ? { from: sweptAt, to: this.instant(), reason: read.lost } : null;
  }

  private instant(): string {
    return new Date(this.now()).toISOString();
  }
}

/** @param at when this sweep began: what is lost or changed after that may be unseen */
const afterRead = (cursor: Cursor, at: string, { lines }: LogRead): Cursor => ({
  ...cursor,
  log: lines.at(-1)?.after ?? cursor.log,
  sweptAt: at,
});

const afterLook = (cursor: Cursor, at: string, { read, held }: Looked): Cursor => ({
  ...afterRead(cursor, at, read),
  held,
  lookedAt: held ? at : cursor.lookedAt,
});

const eventsOf = (lines: LogRead['lines']): LogEvent[] => lines.flatMap(({ text }) => eventOf(text) ?? []);

const changesSomething = (event: LogEvent): boolean =>
  event.kind === 'started' || (event.kind === 'request' && isWrite(event.request));

/** Whether every write before the look had ended, and none came after it. */
const isBetweenWrites = (events: readonly LogEvent[], at: number): boolean =>
  settle(events.slice(0, at), false).upTo === at && isLast(events, at);

const isLast = (events: readonly LogEvent[], at: number): boolean => !events.slice(at).some(changesSomething);

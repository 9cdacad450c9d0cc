import { z } from 'zod';
import { storedCursor } from '@causeway/executor-host';
import type { Json, Observer, Sweep } from '@causeway/executor-sdk';
import { HistoryClient } from './client/history-client';
import type { UnleashObserverSettings } from './config';
import { endOf, place, readFrom } from './history/reading';
import { toldBy } from './history/told';

/**
 * Follows Unleash's events about the flags of one project in one environment.
 *
 * 1. An event becomes visible with its change, and has a number for ever; what came late below the highest number is read again.
 * 2. Ours are those of our token's own user. The title of our strategy names the attempt; a switch has no place for it.
 * 3. One request of a user is one mutation, where Unleash makes several events of it.
 * 4. Segments and context fields are not followed: they belong to no flag.
 */
export function unleashObserver(settings: UnleashObserverSettings, now: () => number): Observer {
  const following = new Following(settings, now);
  return {
    everyMs: EVERY_MS,
    begin: (signal) => following.begin(signal),
    sweep: async (cursor, signal) => following.sweep(storedCursor(cursorForm, cursor), signal),
  };
}

const EVERY_MS = 300;

const cursorForm = z.object({
  place,
  /** Observer's clock, RFC 3339. */
  sweptAt: z.string(),
});
type Cursor = z.output<typeof cursorForm>;

class Following {
  private readonly client: HistoryClient;
  private ownUserId: number | null = null;

  constructor(
    private readonly settings: UnleashObserverSettings,
    private readonly now: () => number,
  ) {
    this.client = new HistoryClient(settings);
  }

  async begin(signal: AbortSignal): Promise<Json> {
    await this.ownUser(signal);
    const at = this.now();
    return { place: await endOf((offset) => this.client.page(offset, signal), at), sweptAt: instantOf(at) };
  }

  async sweep(cursor: Cursor, signal: AbortSignal): Promise<Sweep> {
    const ownUserId = await this.ownUser(signal);
    const at = this.now();
    const reading = await readFrom(cursor.place, (offset) => this.client.page(offset, signal), at);
    const to = instantOf(this.now());
    const reason = 'events that were there are gone: the history was cut, or an older one was put back';
    return {
      mutations: toldBy(reading.fresh, { ...this.settings, ownUserId }),
      cursor: { place: reading.place, sweptAt: instantOf(at) },
      gap: reading.cut ? { from: cursor.sweptAt, to, reason } : null,
    };
  }

  private async ownUser(signal: AbortSignal): Promise<number> {
    return (this.ownUserId ??= await this.client.ownUserId(signal));
  }
}

const instantOf = (ms: number): string => new Date(ms).toISOString();

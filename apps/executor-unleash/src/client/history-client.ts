import type { z } from 'zod';
import { callTarget, jsonOf, refusalOf } from '@causeway/executor-host';
import type { UnleashSettings } from '../config';
import { historyPage, ownUser, type HistoryPage } from '../history/event';

const SYSTEM = 'Unleash';
/** Events of one answer: mostly nothing is new, so the first page is small. */
const PAGE = { first: 20, next: 100 };

/** What the observer reads: Unleash's history, and who its token is. */
export class HistoryClient {
  constructor(private readonly settings: UnleashSettings) {}

  /** Throws when the token is nobody's own: then what it does cannot be told from what others do. */
  async ownUserId(signal: AbortSignal): Promise<number> {
    const { user } = await this.read(ownUser, 'tell whose our token is', '/api/admin/user', signal);
    if (user.id && user.id > 0) return user.id;
    throw new Error(
      "UNLEASH_TOKEN belongs to no user, so its changes cannot be told from others': give the executor's own user a personal access token",
    );
  }

  /** Everything, of all projects: who leaves one is told in the history of the other. Unleash knows no order but newest first. */
  async page(offset: number, signal: AbortSignal): Promise<HistoryPage> {
    const limit = offset === 0 ? PAGE.first : PAGE.next;
    const path = `/api/admin/search/events?offset=${offset}&limit=${limit}`;
    const page = await this.read(historyPage, 'read events', path, signal);
    // When its database fails, Unleash answers with no events, as if there were none.
    if (page.events.length < Math.min(limit, page.total - offset))
      throw new Error(`${SYSTEM} gave ${page.events.length} events from ${offset} on, and says it has ${page.total}`);
    return page;
  }

  private async read<T extends z.ZodType>(
    schema: T,
    what: string,
    path: string,
    signal: AbortSignal,
  ): Promise<z.output<T>> {
    const headers = { authorization: this.settings.token, 'user-agent': 'causeway-observer/0.1.0' };
    const answer = await callTarget({ method: 'GET', url: `${this.settings.url}${path}`, headers, signal });
    const asked = { system: SYSTEM, what };
    if (answer.status !== 200) throw refusalOf(asked, answer);
    const parsed = schema.safeParse(jsonOf(asked, answer));
    if (!parsed.success) throw new Error(`${SYSTEM} answered in a form we do not know to: ${what}`);
    return parsed.data;
  }
}

import type { Page } from '@causeway/console-api';
import type { Session } from '../session';
import { MOST_ITEMS } from './number-flags';

/** The largest page a server gives. */
const MAX_PAGE = 500;

/** Says how a list that was cut is seen further. */
export function tellMore({ io }: Session, more: boolean, limit: number): void {
  if (!more) return;
  const remedy = limit < MOST_ITEMS ? `--limit ${Math.min(MOST_ITEMS, limit * 2)}` : 'ask for less of it';
  io.say(`there are more: ${remedy}`);
}

/** A list in as many pages as it takes, up to `limit` items. `more`: there are more than that. */
export async function allPages<P extends Page<unknown>>(
  session: Session,
  path: string,
  limit: number,
  query: Readonly<Record<string, string>> = {},
): Promise<P & { readonly more: boolean }> {
  const items: unknown[] = [];
  let page: P | null = null;
  do {
    const size = String(Math.min(MAX_PAGE, limit - items.length));
    const cursor: Record<string, string> = page?.nextCursor ? { cursor: page.nextCursor } : {};
    page = await session.client.get<P>(`${path}?${new URLSearchParams({ ...query, limit: size, ...cursor })}`);
    items.push(...page.items);
  } while (page.nextCursor !== null && items.length < limit);
  return { ...page, items, more: page.nextCursor !== null };
}

/** Server-sent events of an address, as they come. */
import { TOKEN } from './console-house';

export interface ReadEvent {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

export function readEvents(
  url: string,
  lastEventId: string | null,
): { readonly events: ReadEvent[]; readonly done: Promise<void>; close(): void } {
  const abort = new AbortController();
  const events: ReadEvent[] = [];
  const headers = {
    authorization: `Bearer ${TOKEN}`,
    ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
  };
  const read = async (): Promise<void> => {
    const response = await fetch(url, { headers, signal: abort.signal });
    let rest = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      const blocks = (rest + Buffer.from(chunk).toString('utf8')).split('\n\n');
      rest = blocks.pop() ?? '';
      events.push(...blocks.filter((block) => block.startsWith('event:')).map(eventOf));
    }
  };
  const done = read().catch((error: Error) => {
    if (!abort.signal.aborted) throw error;
  });
  return { events, done, close: () => abort.abort() };
}

function eventOf(block: string): ReadEvent {
  const fields = Object.fromEntries(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  return { event: fields.event ?? '', id: fields.id ?? '', data: JSON.parse(fields.data ?? 'null') as unknown };
}

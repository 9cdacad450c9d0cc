import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { CliFailure, EXIT } from '../exit-codes';
import type { Io } from '../io';
import { Interrupted, ProblemFailure, type ConsoleClient } from './console-client';

/** How long without any connection until following is given up, milliseconds. */
const GIVE_UP_MS = 60_000;
const RETRY_MS = 1_000;
/** The server is heard at least every 15 s. Longer silence is a connection that nobody told us is dead. */
const SILENCE_MS = 40_000;

export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/**
 * Server-sent events of a path, without gaps: after a lost connection it goes on behind the last event it had. Ends after an event `end`,
 * or when `signal` is aborted.
 */
export async function* followEvents(
  client: ConsoleClient,
  path: string,
  io: Io,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  let last: string | null = null;
  let heardAt = io.now();
  const onHeard = (): void => void (heardAt = io.now());
  while (!signal.aborted) {
    try {
      for await (const event of oneConnection(client, path, last, signal, onHeard)) {
        last = event.id;
        yield event;
        if (event.event === 'end') return;
      }
    } catch (error) {
      if (signal.aborted && !io.interrupted.aborted) return;
      if (error instanceof Interrupted || (error instanceof ProblemFailure && error.problem.status < 500)) throw error;
      if (!(error instanceof CliFailure) && !(error instanceof TypeError) && !isAbort(error)) throw error;
      if (io.now() - heardAt > GIVE_UP_MS) throw giveUp(error as Error);
    }
    await io.sleep(RETRY_MS, signal);
  }
}

const isAbort = (error: unknown): boolean => ['AbortError', 'TimeoutError'].includes((error as Error).name);

const giveUp = (error: Error): CliFailure =>
  error instanceof CliFailure
    ? error
    : new CliFailure(
        EXIT.unreachable,
        `the connection was lost: ${error.message}`,
        'the sequence goes on in the server',
      );

async function* oneConnection(
  client: ConsoleClient,
  path: string,
  last: string | null,
  signal: AbortSignal,
  onHeard: () => void,
): AsyncGenerator<StreamEvent> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const headers: Record<string, string> = last === null ? {} : { 'last-event-id': last };
  const ready: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => ready.push(event) });
  try {
    const response = await client.stream(path, headers, AbortSignal.any([signal, silence.signal]));
    const decoder = new TextDecoder();
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      onHeard();
      parser.feed(decoder.decode(chunk, { stream: true }));
      for (const { id, event, data } of ready.splice(0)) {
        yield { id: id ?? '', event: event ?? 'message', data: JSON.parse(data) as unknown };
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

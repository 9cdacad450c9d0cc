import { ConsoleClient } from './client/console-client';
import { paint, type Paint } from './format/paint';
import { render } from './format/output';
import { shown } from './format/shown';
import type { Io } from './io';
import { settingsFrom, type GlobalFlags, type Settings } from './settings';

/** What every command works with: its settings, the server, and a way to answer. */
export interface Session {
  readonly io: Io;
  readonly settings: Settings;
  readonly client: ConsoleClient;
  readonly paint: Paint;
  /**
   * Prints an answer in the form that was asked for.
   * @param text the form for people, of the answer as it may be shown to them
   */
  answer<T>(data: T, text: (shown: T) => string, items?: readonly unknown[]): void;
}

export function openSession(io: Io, flags: GlobalFlags): Session {
  const settings = settingsFrom(flags, io.env, io.isTerminal);
  return {
    io,
    settings,
    client: new ConsoleClient(settings.server, settings.token, io.interrupted),
    paint: paint(settings.colour),
    answer: (data, text, items) => io.out(render(settings.output, data, () => text(shown(data)), items)),
  };
}

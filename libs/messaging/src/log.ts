/** What this room needs of a logger. Pino's own methods have this form. */
export interface Log {
  debug(details: object, text: string): void;
  info(details: object, text: string): void;
  warn(details: object, text: string): void;
  error(details: object, text: string): void;
}

/** For tests and for callers that do not care. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** What a caught value says, for a log line. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

import type { LoggerService } from '@nestjs/common';
import pino from 'pino';

export type HostLog = pino.Logger;

/**
 * JSON lines on stdout: `service`, `time` (RFC 3339), `level` as a word, `msg`. Each is written before the call returns: else the last
 * word of a process could stand before the one before it.
 */
export const createLog = (service: string, level: string): HostLog =>
  pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: ['*.password', '*.authorization', '*.token', 'authorization', 'password', 'token'],
        censor: '(redacted)',
      },
    },
    pino.destination({ dest: 1, sync: true }),
  );

/** Nest's own lines on our log. Its chatter of modules and routes is debug here. */
export function nestLogger(log: HostLog): LoggerService {
  const line =
    (write: (details: object, text: string) => void) =>
    (message: unknown, ...rest: unknown[]) =>
      write({ context: rest.at(-1) }, message instanceof Error ? (message.stack ?? message.message) : String(message));
  return {
    log: line((details, text) => log.debug(details, text)),
    debug: line((details, text) => log.trace(details, text)),
    verbose: line((details, text) => log.trace(details, text)),
    warn: line((details, text) => log.warn(details, text)),
    error: line((details, text) => log.error(details, text)),
    fatal: line((details, text) => log.fatal(details, text)),
  };
}

import type { IncomingMessage, ServerResponse } from 'node:http';

/** What of Express's request and response is used here. */
export interface ConsoleRequest extends IncomingMessage {
  readonly originalUrl: string;
  readonly body?: unknown;
  /** Set by the token check. */
  subject?: string;
}

export interface ConsoleResponse extends ServerResponse {
  status(code: number): ConsoleResponse;
  json(body: unknown): void;
}

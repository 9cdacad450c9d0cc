import { Agent, request } from 'undici';

/** One HTTP request of the lab. Not `fetch`: its Sec-Fetch headers make Caddy refuse admin requests. */
export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const TIMEOUT_MS = 15_000;

/** No connection is used twice: systems of the lab are stopped, restarted and reconfigured between two calls. */
const fresh = new Agent({ pipelining: 0 });

/** Sends it and reads the whole answer, whatever its status. */
export async function call({
  method = 'GET',
  url,
  headers = {},
  json,
  form,
  timeoutMs = TIMEOUT_MS,
}: Call): Promise<Answer> {
  const answer = await letIn(() =>
    request(url, {
      dispatcher: fresh,
      method,
      headers: { ...contentType(json, form), ...headers },
      body: bodyOf(json, form),
      signal: AbortSignal.timeout(timeoutMs),
    }),
  );
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

const LET_IN_TRIES = 3;

/**
 * Sends again what was reset before its connection came about, so that nothing had left: a server that opens its port anew (Caddy's
 * admin endpoint does at each change) drops those who waited at the old one.
 */
export async function letIn<T>(send: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
      if (code !== 'ECONNRESET' || syscall !== 'connect' || tries === LET_IN_TRIES) throw error;
    }
  }
}

const HUNG_UP = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** The connection came about and ended without an answer. Whether what was sent had been read, only the system's ways can tell. */
export const hungUp = (error: unknown): boolean => HUNG_UP.has((error as NodeJS.ErrnoException | null)?.code ?? '');

const ANSWER_TRIES = 10;

/** Sends again what was hung up on without an answer: for looks, and for writes that may come twice. */
export async function untilAnswered<T>(send: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      if (!hungUp(error) || tries === ANSWER_TRIES) throw error;
    }
  }
}

/** As `call`, but a status outside 200-299 throws with what was answered. */
export async function callOk(asked: Call): Promise<Answer> {
  const answer = await call(asked);
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new Error(`${asked.method ?? 'GET'} ${asked.url} answered ${answer.status}: ${answer.text.slice(0, 500)}`);
}

/** As `callOk`, and the body read as JSON. The caller knows its shape. */
export const callJson = async <T>(asked: Call): Promise<T> => JSON.parse((await callOk(asked)).text) as T;

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

export const basic = (user: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

function contentType(json: unknown, form: Call['form']): Record<string, string> {
  if (json !== undefined) return { 'content-type': 'application/json' };
  return form ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
}

function bodyOf(json: unknown, form: Call['form']): string | null {
  if (json !== undefined) return JSON.stringify(json);
  return form ? new URLSearchParams(form).toString() : null;
}

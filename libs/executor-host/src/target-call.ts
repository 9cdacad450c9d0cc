/**
 * One HTTP call to a target system. The one question that matters here is what a failure means:
 * a call that never left changed nothing (NotApplied), a call without an answer may have changed everything (any other error).
 */
import { Agent, request, type Dispatcher } from 'undici';
import { NotApplied, type Evidence } from '@causeway/executor-sdk';

export interface TargetCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** The attempt's own signal: its deadline. */
  readonly signal: AbortSignal;
  /** Longest wait for this one answer, milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** A connection of its own: for servers that drop kept connections without a word, as Caddy's admin does at each change. */
  readonly ownConnection?: boolean;
}

export interface TargetAnswer {
  readonly status: number;
  /** Lower-case names. Trailers are among them: some servers send an ETag after the body. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Answers of targets are data of strangers, bytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 10_000;

const limits = { connect: { timeout: 3_000 }, maxResponseSize: MAX_ANSWER_BYTES };
const kept = new Agent({ ...limits, keepAliveTimeout: 4_000 });
/** Pipelining 0 is undici's word for: no connection is used twice. */
const fresh = new Agent({ ...limits, pipelining: 0 });

/**
 * Throws {@link NotApplied} (`target-unreachable`, retriable) when no connection came about, so that nothing can have been
 * written. Throws another error when the answer was lost, came too late or was too large. Redirects are answers, not followed.
 */
export async function callTarget(call: TargetCall): Promise<TargetAnswer> {
  const timeoutMs = call.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const options = {
    dispatcher: call.ownConnection ? fresh : kept,
    method: call.method,
    headers: call.headers ?? {},
    body: call.body ?? null,
    signal: AbortSignal.any([call.signal, AbortSignal.timeout(timeoutMs)]),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  };
  call.signal.throwIfAborted();
  try {
    return await answerOf(await letIn(() => request(call.url, options)));
  } catch (error) {
    throw neverLeft(error) ? unreachable(call, error as Error) : error;
  }
}

/** Tries of one call whose connection is reset before it comes about: nothing has left then. */
const CONNECT_TRIES = 3;

/** A server that opens its port anew resets who waits to be let in at the old one; the next try meets the new one. */
async function letIn<T>(send: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      if (!resetAtConnect(error) || tries === CONNECT_TRIES) throw error;
    }
  }
}

const resetAtConnect = (error: unknown): boolean => {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return code === 'ECONNRESET' && syscall === 'connect';
};

async function answerOf({ statusCode, headers, trailers, body }: Dispatcher.ResponseData): Promise<TargetAnswer> {
  const text = await body.text();
  const all = Object.entries({ ...headers, ...trailers }).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  );
  return { status: statusCode, headers: Object.fromEntries(all), text };
}

const NEVER_LEFT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A host with several addresses gives one error holding one per address: all of them must say so. */
function neverLeft(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(neverLeft);
  return resetAtConnect(error) || NEVER_LEFT.has((error as NodeJS.ErrnoException | null)?.code ?? '');
}

const CLOSED = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** The connection came about and ended without an answer. What was asked may have been done: only a read may simply be asked again. */
export const connectionLost = (error: unknown): boolean =>
  CLOSED.has((error as NodeJS.ErrnoException | null)?.code ?? '');

const unreachable = ({ url }: TargetCall, error: Error): NotApplied =>
  new NotApplied({
    code: 'target-unreachable',
    message: `no connection to ${new URL(url).origin} (${(error as NodeJS.ErrnoException).code ?? error.name})`,
    remedy: 'start the system or correct its address in the environment of the executor',
    retriable: true,
  });

/** How a target names itself in errors, and what it asked of us. */
export interface Asked {
  readonly system: string;
  readonly what: string;
}

/**
 * The error of an answer that is no success: a refusal (4xx) is certain, a failure (5xx) is not.
 * 401 and 403 name the credentials, never their value.
 */
export function refusalOf({ system, what }: Asked, answer: TargetAnswer): Error {
  const evidence: Evidence = { status: answer.status, answer: answer.text.slice(0, 500) };
  const message = `${system} answered ${answer.status} to: ${what}`;
  const refusal = (code: string, remedy: string, retriable = false): NotApplied =>
    new NotApplied({ code, message, remedy, retriable, evidence });
  if (answer.status === 401) return refusal('credentials-refused', `check the executor's credentials for ${system}`);
  if (answer.status === 403)
    return refusal('not-permitted', `give the executor's account the right to do this in ${system}`);
  if (answer.status === 404) return refusal('not-found', 'check the names in the step and the address of the system');
  if (answer.status === 429) return refusal('target-busy', 'try again later', true);
  if (answer.status >= 400 && answer.status < 500)
    return refusal('refused-by-target', 'see the answer in the evidence');
  return new Error(`${message}: ${answer.text.slice(0, 200)}`);
}

/** JSON of an answer. Throws a plain error (not a refusal): who answers something else is not the system we think. */
export function jsonOf({ system, what }: Asked, answer: TargetAnswer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    throw new Error(`${system} answered no JSON to: ${what} (${answer.text.slice(0, 100)})`);
  }
}

/**
 * The one way out of the prober: a bounded HTTP request to a declared address.
 *
 * 1. The name is resolved once, every address is checked, and the connection goes to a checked address (no second
 *    resolution that could answer differently).
 * 2. Redirects are not followed: a 302 is what was observed.
 * 3. At most 64 KiB of body (more only where a look asks for it), no decompression, a fresh connection a look (as a new user would come).
 * 4. Failures become sentences of ours. Library messages may quote headers or addresses and are never passed on.
 */
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { refusal, socketHost } from './addresses';
import { LookFailed } from './look';

export interface Answer {
  readonly status: number;
  /** Lower-case names; a repeated header is joined with ", ". */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface Question {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Present: POST of a form. Absent: GET. */
  readonly form?: Readonly<Record<string, string>>;
  /** Bytes of body to take at the most; {@link MAX_BODY_BYTES} when absent. */
  readonly maxBodyBytes?: number;
}

export interface Web {
  ask(question: Question, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

/** Bytes of an answer's body. What a readiness answer says fits many times over. */
const MAX_BODY_BYTES = 64 * 1024;
/** Sockets to one origin at a time, so that one stopped member cannot take all of the prober's. */
const SOCKETS_PER_ORIGIN = 32;

export function createWeb(): Web {
  const agent = new Agent({
    connect: { lookup: pinned },
    connections: SOCKETS_PER_ORIGIN,
    pipelining: 0,
    maxHeaderSize: 16 * 1024,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    ask: (question, signal) => ask(agent, question, signal),
    close: () => agent.destroy(),
  };
}

async function ask(agent: Agent, question: Question, signal: AbortSignal): Promise<Answer> {
  const url = new URL(question.url);
  refuseBadPlace(url);
  try {
    const response = await request(url, { ...shape(question), dispatcher: agent, signal, reset: true });
    const headers = flat(response.headers);
    return {
      status: response.statusCode,
      headers,
      body: await bounded(response.body, question.maxBodyBytes ?? MAX_BODY_BYTES),
    };
  } catch (error) {
    if (signal.aborted) throw new LookFailed('no answer in time');
    throw error instanceof LookFailed ? error : new LookFailed(sentence(error));
  }
}

function shape(question: Question) {
  const headers = {
    accept: 'application/json, */*;q=0.5',
    'accept-encoding': 'identity',
    'user-agent': 'causeway-readiness-prober',
    ...question.headers,
  };
  if (!question.form) return { method: 'GET' as const, headers };
  const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST' as const, headers: form, body: new URLSearchParams(question.form).toString() };
}

function refuseBadPlace(url: URL): void {
  if (url.username || url.password) throw new LookFailed('the declared address carries credentials; name a credential');
  const host = socketHost(url.hostname);
  const reason = isIP(host) ? refusal(host, host) : null;
  if (reason) throw new LookFailed(reason);
}

/** Resolution for the socket: all addresses of the name, each checked, or none. */
const pinned: LookupFunction = (hostname, options, callback) => {
  const host = socketHost(hostname);
  resolve(host, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, '', 4);
    const refused = addresses.map(({ address }) => refusal(host, address)).find((reason) => reason !== null);
    const first = addresses[0];
    if (refused ?? !first) return callback(new LookFailed(refused ?? `${host} did not resolve`), '', 4);
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Map<string, string> {
  const all = new Map<string, string>();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) all.set(name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value);
  return all;
}

async function bounded(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new LookFailed(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed by the member',
  UND_ERR_SOCKET: 'connection closed by the member',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name could not be resolved now',
  EHOSTUNREACH: 'no route to the member',
  ENETUNREACH: 'no route to the member',
  ETIMEDOUT: 'no connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too large',
};

function sentence(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return SENTENCES[code] ?? `no readable answer (${code})`;
  return 'no readable answer';
}

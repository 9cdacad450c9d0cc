import { problemBody, type ProblemBody } from '@causeway/console-api';
import { CliFailure, EXIT } from '../exit-codes';
import { shown } from '../format/shown';

/** How long one answer may take, milliseconds. Streams and exports have no end to wait for. */
const ANSWER_MS = 30_000;

/** HTTP to the console, and nothing else. Every failure comes out as a {@link CliFailure} or {@link ProblemFailure}. */
export class ConsoleClient {
  constructor(
    private readonly server: string,
    private readonly token: string | null,
    private readonly interrupted: AbortSignal,
  ) {}

  async get<T>(path: string): Promise<T> {
    const response = await this.request(path, { headers: {} }, ANSWER_MS);
    return (await response.json()) as T;
  }

  async post<T>(path: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<T> {
    const init = {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    };
    return (await (await this.request(path, init, ANSWER_MS)).json()) as T;
  }

  /** A body without end. */
  async stream(path: string, headers: Readonly<Record<string, string>> = {}, signal?: AbortSignal): Promise<Response> {
    return this.request(path, { headers, signal }, null);
  }

  private async request(path: string, init: RequestInit, timeoutMs: number | null): Promise<Response> {
    const signals = [this.interrupted, ...(init.signal ? [init.signal] : [])];
    if (timeoutMs !== null) signals.push(AbortSignal.timeout(timeoutMs));
    const authorization: Record<string, string> = this.token === null ? {} : { authorization: `Bearer ${this.token}` };
    let response: Response;
    try {
      response = await fetch(`${this.server}${path}`, {
        ...init,
        headers: { ...(init.headers as Record<string, string>), ...authorization },
        signal: AbortSignal.any(signals),
      });
    } catch (error) {
      throw this.unreachable(error);
    }
    if (!response.ok) throw await failureOf(response);
    return response;
  }

  private unreachable(error: unknown): Error {
    if (this.interrupted.aborted) return new Interrupted();
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    const isLate = (error as Error).name === 'TimeoutError';
    const why = isLate
      ? `no answer within ${ANSWER_MS / 1_000} s`
      : (cause?.code ?? cause?.message ?? (error as Error).message);
    return new CliFailure(
      EXIT.unreachable,
      `cannot reach the Causeway server at ${this.server} (${why})`,
      'is it running? name another with --server or CAUSEWAY_SERVER',
    );
  }
}

/** Ctrl-C. */
export class Interrupted extends Error {}

/** The server said no, and why. */
export class ProblemFailure extends CliFailure {
  constructor(
    readonly problem: ProblemBody,
    exitCode: number,
    remedy?: string,
  ) {
    super(exitCode, problem.detail, remedy);
  }
}

async function failureOf(response: Response): Promise<CliFailure> {
  const text = await response.text().catch(() => '');
  const parsed = problemBody.safeParse(jsonOrNull(text));
  if (!parsed.success) {
    return new CliFailure(
      EXIT.unreachable,
      `the server answered ${response.status} and no problem document`,
      'is this a Causeway console?',
    );
  }
  const problem = shown(parsed.data);
  const { status } = problem;
  if (status === 401 || status === 403) {
    return new ProblemFailure(problem, EXIT.notPermitted, 'give a token with --token or CAUSEWAY_TOKEN');
  }
  if (status >= 500) return new ProblemFailure(problem, EXIT.unreachable, `trace ${problem.traceId}`);
  return new ProblemFailure(problem, EXIT.badInput);
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

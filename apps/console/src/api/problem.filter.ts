import { STATUS_CODES } from 'node:http';
import type { ProblemBody } from '@causeway/console-api';
import type { HostLog } from '@causeway/host';
import { newEventId } from '@causeway/signing';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { Refused } from '../handle/refused';
import type { ConsoleRequest, ConsoleResponse } from './http';

/** Where each code is explained. */
const TYPE_BASE = 'https://causeway.dev/problems/';

type Told = Pick<ProblemBody, 'status' | 'code' | 'detail' | 'errors'>;

/** Every failure of a request becomes a problem document. What is not a refusal is logged and not told in detail. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: HostLog) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<ConsoleRequest>();
    const response = host.switchToHttp().getResponse<ConsoleResponse>();
    const traceId = traceIdOf(request);
    const told = toldOf(error);
    if (told.status >= 500 && !(error instanceof Refused))
      this.log.error({ traceId, stack: (error as Error)?.stack }, `request failed: ${String(error)}`);
    if (response.headersSent) return void response.destroy();
    sendProblem(response, { ...told, instance: request.originalUrl, traceId });
  }
}

/** The caller's trace when it sent one (W3C traceparent), else an id of our own: it finds the line in the log either way. */
const traceIdOf = (request: ConsoleRequest): string =>
  /^00-([0-9a-f]{32})-/.exec(String(request.headers.traceparent ?? ''))?.[1] ?? newEventId().replaceAll('-', '');

function sendProblem(response: ConsoleResponse, told: Told & Pick<ProblemBody, 'instance' | 'traceId'>): void {
  const { code, status, detail, instance, errors, traceId } = told;
  const title = STATUS_CODES[status] ?? 'Error';
  const body: ProblemBody = { type: `${TYPE_BASE}${code}`, title, status, detail, instance, code, errors, traceId };
  if (status === 401) response.setHeader('www-authenticate', 'Bearer realm="causeway"');
  if (status === 503) response.setHeader('retry-after', '2');
  response.status(status).setHeader('content-type', 'application/problem+json');
  response.end(JSON.stringify(body));
}

function toldOf(error: unknown): Told {
  if (error instanceof Refused) {
    const errors = error.errors.length > 0 ? [...error.errors] : undefined;
    return { status: error.status, code: error.code, detail: error.message, errors };
  }
  const cause = causeOf(error);
  if (cause) return toldOf(cause);
  const status = statusOf(error);
  if (status === 404) return { status, code: 'no-such-path', detail: 'There is nothing at this path.' };
  if (status === 413) return { status, code: 'body-too-large', detail: 'The body is larger than 256 KiB.' };
  if (status === 400)
    return { status, code: 'body-not-json', detail: `The body could not be read: ${(error as Error).message}` };
  if (status >= 400 && status < 500) return { status, code: 'request-invalid', detail: (error as Error).message };
  const isDatabase = (error as { retriable?: unknown } | null)?.retriable === true;
  return isDatabase
    ? { status: 503, code: 'try-again', detail: 'The console cannot reach its database just now.' }
    : { status: 500, code: 'internal', detail: 'Something failed here. The traceId names it in the log.' };
}

/** A refusal that a body parser wrapped. */
function causeOf(error: unknown): Refused | null {
  const cause = (error as { cause?: unknown } | null)?.cause;
  return cause instanceof Refused ? cause : null;
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : 500;
}

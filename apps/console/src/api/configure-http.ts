import { limits } from '@causeway/contracts';
import { LOG, type HostLog } from '@causeway/host';
import { depthWithin } from '@causeway/messaging';
import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Server } from 'node:http';
import type { Tokens } from '../config';
import { Refused } from '../handle/refused';
import { HOLDERS } from '../tokens';
import { ProblemFilter } from './problem.filter';
import { TokenGuard } from './token.guard';

/** Body of a request, bytes: what a message may have. A plan that fits here but not with its envelope is refused when it is sealed. */
const MAX_BODY_BYTES = limits.messageBytes;
/** Of receiving one request, milliseconds: a client that dribbles is let go. */
const TIMEOUTS_MS = { headers: 10_000, request: 30_000, keepAlive: 10_000 };

/** Limits, token check and problem documents, before anything listens. */
export function configureHttp(app: INestApplication): void {
  const log = app.get<HostLog>(LOG);
  const express = app as NestExpressApplication;
  express.disable('x-powered-by');
  mindCase(express);
  express.useBodyParser('json', { limit: MAX_BODY_BYTES, verify: refuseDepth });
  app.useGlobalGuards(new TokenGuard(app.get<Tokens>(HOLDERS)));
  app.useGlobalFilters(new ProblemFilter(log));
  const server = app.getHttpServer() as Server;
  server.headersTimeout = TIMEOUTS_MS.headers;
  server.requestTimeout = TIMEOUTS_MS.request;
  server.keepAliveTimeout = TIMEOUTS_MS.keepAlive;
}

/** One spelling a route. The router is there already, so Express's setting of that name comes too late; the routes come later. */
function mindCase(express: NestExpressApplication): void {
  const { router } = express.getHttpAdapter().getInstance() as { readonly router: { caseSensitive: boolean } };
  router.caseSensitive = true;
}

/** On raw bytes: deeply nested JSON overflows stacks further in. */
function refuseDepth(_request: unknown, _response: unknown, bytes: Buffer): void {
  if (!depthWithin(bytes, limits.jsonDepth)) {
    throw new Refused(400, 'too-deep', `The body is nested deeper than ${limits.jsonDepth} levels.`);
  }
}

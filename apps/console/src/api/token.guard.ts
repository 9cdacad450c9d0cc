import { sha256Hex } from '@causeway/signing';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Tokens } from '../config';
import { Refused } from '../handle/refused';
import type { ConsoleRequest } from './http';

/** Paths that say nothing about any sequence. */
const isOpen = (path: string): boolean => !path.startsWith('/v1/') || path === '/v1/openapi.json';

/** A bearer token on everything under /v1 but the API's own description. Tokens are looked up by their hash. */
export class TokenGuard implements CanActivate {
  constructor(private readonly tokens: Tokens) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<ConsoleRequest>();
    if (isOpen(request.path)) return true;
    const token = /^Bearer ([\x21-\x7e]{1,500})$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) {
      throw new Refused(
        401,
        'token-missing',
        'Send "Authorization: Bearer <token>". With the CLI: --token or CAUSEWAY_TOKEN.',
      );
    }
    const holder = this.tokens.get(sha256Hex(token));
    if (!holder) throw new Refused(401, 'token-unknown', 'This token is not known here.');
    if (request.method !== 'GET' && request.method !== 'HEAD' && holder.access === 'read') {
      throw new Refused(403, 'read-only', `The token of ${holder.subject} may only read.`);
    }
    request.subject = holder.subject;
    return true;
  }
}

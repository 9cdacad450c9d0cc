import { OPEN } from '@causeway/host';
import { sha256Hex } from '@causeway/signing';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Tokens } from '../config';
import { Refused } from '../handle/refused';
import type { ConsoleRequest } from './http';

/**
 * A bearer token on everything that is not marked as open. The mark of the handler decides, never the text of the path: one route has
 * many spellings. Tokens are looked up by their hash.
 */
export class TokenGuard implements CanActivate {
  private readonly marks = new Reflector();

  constructor(private readonly tokens: Tokens) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<ConsoleRequest>();
    if (this.isOpen(context)) return true;
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

  private isOpen(context: ExecutionContext): boolean {
    return this.marks.getAllAndOverride<boolean>(OPEN, [context.getHandler(), context.getClass()]) === true;
  }
}

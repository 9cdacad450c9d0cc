import { Controller, Get, Header, HttpStatus, Res } from '@nestjs/common';
import { register } from 'prom-client';
import type { Report } from '@causeway/self-check';
import { Open } from './open';
import { Readiness } from './readiness';
import { SelfCheck } from './self-check';

/** What of Express's response is used here. */
interface HttpResponse {
  status(code: number): HttpResponse;
  json(body: unknown): void;
}

/** Answers about the process itself; never behind a token, never in the public API document. */
@Open()
@Controller()
export class HostController {
  constructor(
    private readonly readiness: Readiness,
    private readonly selfCheck: SelfCheck,
  ) {}

  @Get('health/live')
  live(): { status: string } {
    return { status: 'live' };
  }

  @Get('health/ready')
  async ready(@Res() response: HttpResponse): Promise<void> {
    const { ready, checks, reasons } = await this.readiness.look();
    response
      .status(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
      .json({ status: ready ? 'ready' : 'not-ready', checks, reasons });
  }

  /** Findings are an answer too: always 200. */
  @Get('health/self-check')
  check(): Promise<Report> {
    return this.selfCheck.look();
  }

  @Get('metrics')
  @Header('content-type', register.contentType)
  metrics(): Promise<string> {
    return register.metrics();
  }
}

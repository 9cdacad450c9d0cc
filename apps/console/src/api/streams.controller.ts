import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { Live } from '../handle/live';
import { Questions } from '../handle/questions';
import { Refused } from '../handle/refused';
import type { ConsoleRequest, ConsoleResponse } from './http';
import { positionOf, sequenceIdOf } from './query';
import { EventStream } from './event-stream';
import { pump, type Source } from './pump';

/** Open streams at a time: each costs a socket and two short queries per change. */
const MAX_STREAMS = 500;

/**
 * Live ledger entries as server-sent events on the raw response (so that a refusal can still be a problem document). `id` is the ledger
 * index; a client that comes back with Last-Event-ID goes on after it and misses nothing, the end neither.
 */
@Controller('v1')
export class StreamsController {
  constructor(
    @Inject(Questions) private readonly questions: Questions,
    @Inject(Live) private readonly live: Live,
  ) {}

  @Get('ledger/stream')
  async ledger(@Req() request: ConsoleRequest, @Res() response: ConsoleResponse): Promise<void> {
    const read: Source['read'] = (after, limit) => this.questions.entries(after, limit);
    await this.stream(request, response, null, { read, isOver: () => Promise.resolve(false) });
  }

  @Get('sequences/:id/stream')
  async sequence(
    @Param('id') id: string,
    @Req() request: ConsoleRequest,
    @Res() response: ConsoleResponse,
  ): Promise<void> {
    const sequenceId = sequenceIdOf(id);
    await this.questions.sequence(sequenceId);
    const read: Source['read'] = (after, limit) => this.questions.sequenceEntries(sequenceId, after, limit);
    await this.stream(request, response, sequenceId, { read, isOver: () => this.questions.isOver(sequenceId) });
  }

  private async stream(
    request: ConsoleRequest,
    response: ConsoleResponse,
    sequenceId: string | null,
    source: Source,
  ): Promise<void> {
    const after = positionOf(request.headers['last-event-id'] as string | undefined, 'Last-Event-ID') ?? -1;
    if (this.live.count >= MAX_STREAMS)
      throw new Refused(503, 'too-many-streams', 'Too many streams are open. Try again.');
    const follower = this.live.follow(sequenceId);
    const stream = new EventStream(response);
    response.on('close', () => follower.end());
    try {
      await pump(stream, follower, source, after);
    } finally {
      follower.end();
      response.end();
    }
  }
}

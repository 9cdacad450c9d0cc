import type { EntryItem } from '@causeway/console-api';
import { RECORD_TYPE, type RecordData } from '@causeway/contracts';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { Live, type Follower } from '../handle/live';
import { Questions } from '../handle/questions';
import { Refused } from '../handle/refused';
import type { ConsoleRequest, ConsoleResponse } from './http';
import { positionOf, sequenceIdOf } from './query';
import { EventStream } from './event-stream';

/** Open streams at a time: each costs a socket and a query per change. */
const MAX_STREAMS = 500;
const HEARTBEAT_MS = 15_000;
const PAGE = 200;

type Read = (after: number, limit: number) => Promise<EntryItem[]>;

/**
 * Live ledger entries as server-sent events on the raw response (so that a refusal can still be a problem document). `id` is the ledger
 * index; a client that comes back with Last-Event-ID goes on after it and misses nothing.
 */
@Controller('v1')
export class StreamsController {
  constructor(
    @Inject(Questions) private readonly questions: Questions,
    @Inject(Live) private readonly live: Live,
  ) {}

  @Get('ledger/stream')
  async ledger(@Req() request: ConsoleRequest, @Res() response: ConsoleResponse): Promise<void> {
    await this.stream(request, response, null, (after, limit) => this.questions.entries(after, limit));
  }

  @Get('sequences/:id/stream')
  async sequence(
    @Param('id') id: string,
    @Req() request: ConsoleRequest,
    @Res() response: ConsoleResponse,
  ): Promise<void> {
    const sequenceId = sequenceIdOf(id);
    await this.questions.sequence(sequenceId);
    const read: Read = (after, limit) => this.questions.sequenceEntries(sequenceId, after, limit);
    await this.stream(request, response, sequenceId, read);
  }

  private async stream(
    request: ConsoleRequest,
    response: ConsoleResponse,
    sequenceId: string | null,
    read: Read,
  ): Promise<void> {
    const after = positionOf(request.headers['last-event-id'] as string | undefined, 'Last-Event-ID') ?? -1;
    if (this.live.count >= MAX_STREAMS)
      throw new Refused(503, 'too-many-streams', 'Too many streams are open. Try again.');
    const follower = this.live.follow(sequenceId);
    const stream = new EventStream(response);
    response.on('close', () => follower.end());
    try {
      await pump(stream, follower, read, after);
    } finally {
      follower.end();
      response.end();
    }
  }
}

async function pump(stream: EventStream, follower: Follower, read: Read, after: number): Promise<void> {
  let cursor = after;
  while (!follower.ended) {
    const items = await read(cursor, PAGE);
    for (const item of items) {
      if (follower.ended) return;
      cursor = Number(item.index);
      await stream.send('entry', item.index, item);
      if (follower.sequenceId !== null && endsSequence(item)) return stream.send('end', item.index, { ended: true });
    }
    if (items.length < PAGE && !(await follower.change(HEARTBEAT_MS))) await stream.heartbeat();
  }
}

const LAST_FACTS = new Set(['sequence-ended', 'intent-rejected']);

function endsSequence({ type, message }: EntryItem): boolean {
  if (type !== RECORD_TYPE) return false;
  const { data } = message as unknown as { readonly data: RecordData };
  return data.records.some(({ kind }) => LAST_FACTS.has(kind));
}

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type {
  CheckpointView,
  ConsistencyReceipt,
  EntryItem,
  EntryWithLeaf,
  Evidence,
  InclusionReceipt,
} from '@causeway/console-api';
import { DATABASE } from '@causeway/service';
import type { Database } from '@causeway/persistence';
import { Controller, Get, Header, Inject, Param, Query, Res } from '@nestjs/common';
import { readyExport } from '../handle/export';
import { Questions } from '../handle/questions';
import { Refused } from '../handle/refused';
import type { ConsoleResponse } from './http';
import { indicesOf, limitOf, positionOf } from './query';

@Controller('v1/ledger')
export class LedgerController {
  constructor(
    @Inject(Questions) private readonly questions: Questions,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  @Get('entries')
  async entries(@Query('after') after?: string, @Query('limit') limit?: string): Promise<{ items: EntryItem[] }> {
    return { items: await this.questions.entries(positionOf(after, 'after') ?? -1, limitOf(limit, 100)) };
  }

  /** An entry never changes, so it may be kept for ever. */
  @Get('entries/:index')
  @Header('cache-control', 'private, max-age=31536000, immutable')
  async entry(
    @Param('index') index: string,
    @Res({ passthrough: true }) response: ConsoleResponse,
  ): Promise<EntryWithLeaf> {
    const found = await this.questions.entry(indexOf(index));
    response.setHeader('etag', `"${found.leafHash}"`);
    return found;
  }

  @Get('entries/:index/proof')
  proof(@Param('index') index: string): Promise<InclusionReceipt> {
    return this.questions.inclusion(indexOf(index));
  }

  /** Entries with their proofs under one checkpoint: what an answer rests on. */
  @Get('evidence')
  evidence(@Query('indices') indices?: string | string[]): Promise<Evidence> {
    return this.questions.evidence(indicesOf(indices));
  }

  @Get('checkpoint')
  checkpoint(): Promise<CheckpointView> {
    return this.questions.checkpoint();
  }

  /** Proof that the newest checkpoint only added to the first `from` entries. */
  @Get('consistency')
  consistency(@Query('from') from?: string): Promise<ConsistencyReceipt> {
    return this.questions.consistency(positionOf(from, 'from') ?? 0);
  }

  @Get('export')
  async export(@Res() response: ConsoleResponse): Promise<void> {
    const { size, lines } = await readyExport(this.database);
    response.setHeader('content-type', 'application/jsonl; charset=utf-8');
    response.setHeader('content-disposition', `attachment; filename="causeway-export-${size}.jsonl"`);
    response.setHeader('cache-control', 'no-store');
    await pipeline(Readable.from(lines()), response);
  }
}

function indexOf(text: string): number {
  const index = positionOf(text, 'index');
  if (index === null) throw new Refused(404, 'entry-not-found', 'An entry is named by its index.');
  return index;
}

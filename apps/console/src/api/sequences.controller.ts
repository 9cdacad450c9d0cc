import type { EntryItem, Explanation, Page, SequenceSummary, SequenceView } from '@causeway/console-api';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { Questions } from '../handle/questions';
import { limitOf, nameOf, newestFirst, sequenceIdOf, statusOf } from './query';

@Controller('v1/sequences')
export class SequencesController {
  constructor(@Inject(Questions) private readonly questions: Questions) {}

  @Get()
  list(
    @Query('status') status?: string,
    @Query('limit') limit?: string,
    @Query('cursor') cursor?: string,
  ): Promise<Page<SequenceSummary>> {
    return this.questions.sequences(statusOf(status), limitOf(limit), cursor);
  }

  @Get(':id')
  one(@Param('id') id: string): Promise<SequenceView> {
    return this.questions.sequence(sequenceIdOf(id));
  }

  @Get(':id/explain')
  explain(@Param('id') id: string, @Query('step') step?: string): Promise<Explanation> {
    return this.questions.explain(sequenceIdOf(id), step === undefined ? null : nameOf(step, 'step'));
  }

  @Get(':id/history')
  history(
    @Param('id') id: string,
    @Query('limit') limit?: string,
    @Query('cursor') cursor?: string,
    @Query('order') order?: string,
  ): Promise<Page<EntryItem>> {
    const page = { limit: limitOf(limit), cursor, newestFirst: newestFirst(order) };
    return this.questions.history(sequenceIdOf(id), page);
  }
}

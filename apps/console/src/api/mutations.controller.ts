import type { AsOfPage, ExplainedAnswer, MutationItem, OutsideAnswer } from '@causeway/console-api';
import { CLOCK, type Clock } from '@causeway/host';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { MutationQuestions } from '../handle/mutation-questions';
import { Refused } from '../handle/refused';
import { classOf, limitOf, nameOf, namesOf, resourceOf, timeOf, yesOrNo } from './query';

@Controller('v1/mutations')
export class MutationsController {
  constructor(
    @Inject(MutationQuestions) private readonly questions: MutationQuestions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  list(@Query() query: Readonly<Record<string, string | undefined>>): Promise<AsOfPage<MutationItem>> {
    const { target, resource, unexplained, since, limit, cursor } = query;
    const filter = {
      target: target === undefined ? null : nameOf(target, 'target'),
      resource: resourceOf(resource),
      class: classOf(query.class),
      unexplained: yesOrNo(unexplained, 'unexplained'),
      since: timeOf(since, 'since', this.clock.now()),
    };
    return this.questions.mutations(filter, limitOf(limit), cursor);
  }

  @Get('explained')
  explained(): Promise<ExplainedAnswer> {
    return this.questions.explained();
  }

  /** Whether anything was done outside the layer in [from, to). */
  @Get('outside')
  outside(
    @Query('from') from?: string,
    @Query('to') to?: string,
    @Query('target') target?: string | string[],
  ): Promise<OutsideAnswer> {
    const now = this.clock.now();
    const start = timeOf(from, 'from', now);
    const end = timeOf(to, 'to', now) ?? new Date(now).toISOString();
    if (start === null) throw new Refused(400, 'from-missing', 'Say from when: from=<time>, or how long ago: from=1h.');
    if (start >= end) throw new Refused(400, 'time-empty', `from (${start}) must be before to (${end}).`);
    return this.questions.outside(namesOf(target, 'target'), start, end);
  }
}

import type { AsOfPage, UpstreamAnswer, WaitingItem } from '@causeway/console-api';
import { CLOCK, type Clock } from '@causeway/host';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { Refused } from '../handle/refused';
import { SituationQuestions } from '../handle/situation-questions';
import { limitOf, nameOf, timeOf } from './query';

/** How far back `upstream` looks when nobody says it. */
const PRESET_SINCE = '30m';

/** What people ask in the middle of an incident. */
@Controller('v1')
export class SituationController {
  constructor(
    @Inject(SituationQuestions) private readonly questions: SituationQuestions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('waiting')
  waiting(@Query('limit') limit?: string, @Query('cursor') cursor?: string): Promise<AsOfPage<WaitingItem>> {
    return this.questions.waiting(limitOf(limit), cursor);
  }

  @Get('targets/:name/upstream')
  upstream(
    @Param('name') name: string,
    @Query('since') since = PRESET_SINCE,
    @Query('until') until?: string,
  ): Promise<UpstreamAnswer> {
    const now = this.clock.now();
    const from = timeOf(since, 'since', now);
    const to = timeOf(until, 'until', now) ?? new Date(now).toISOString();
    if (from === null) throw new Refused(400, 'since-missing', 'Say since when: since=<time>, or how long ago.');
    if (from >= to) throw new Refused(400, 'time-empty', `since (${from}) must be before until (${to}).`);
    return this.questions.upstream(nameOf(name, 'target'), from, to);
  }
}

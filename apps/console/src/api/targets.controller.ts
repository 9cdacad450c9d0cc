import type { Page, TargetEvent } from '@causeway/console-api';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { Questions } from '../handle/questions';
import { limitOf, nameOf, newestFirst } from './query';

@Controller('v1/targets')
export class TargetsController {
  constructor(@Inject(Questions) private readonly questions: Questions) {}

  @Get(':name/history')
  history(
    @Param('name') name: string,
    @Query('limit') limit?: string,
    @Query('cursor') cursor?: string,
    @Query('order') order?: string,
  ): Promise<Page<TargetEvent>> {
    const page = { limit: limitOf(limit), cursor, newestFirst: newestFirst(order) };
    return this.questions.targetHistory(nameOf(name, 'target'), page);
  }
}

import type { EffectiveAnswer, ExposureAnswer, LackingAnswer, PathAnswer, PathDiffAnswer } from '@causeway/console-api';
import { CLOCK, type Clock } from '@causeway/host';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { PathQuestions } from '../handle/path-questions';
import { Refused } from '../handle/refused';
import { nameOf, sequenceIdOf, timeOf } from './query';

/** How a sequence became effective, scope by scope. */
@Controller('v1/sequences/:id')
export class PathsController {
  constructor(
    @Inject(PathQuestions) private readonly questions: PathQuestions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('paths/:scope')
  path(@Param('id') id: string, @Param('scope') scope: string): Promise<PathAnswer> {
    return this.questions.path(sequenceIdOf(id), nameOf(scope, 'scope'));
  }

  @Get('paths/:scope/diff/:other')
  diff(@Param('id') id: string, @Param('scope') scope: string, @Param('other') other: string): Promise<PathDiffAnswer> {
    return this.questions.diff(sequenceIdOf(id), nameOf(scope, 'scope'), nameOf(other, 'scope'));
  }

  @Get('exposure')
  exposure(@Param('id') id: string): Promise<ExposureAnswer> {
    return this.questions.exposure(sequenceIdOf(id));
  }

  @Get('effective')
  effective(
    @Param('id') id: string,
    @Query('scope') scope?: string,
    @Query('at') at?: string,
  ): Promise<EffectiveAnswer> {
    if (scope === undefined) throw new Refused(400, 'scope-missing', 'Say where: scope=<scope of the plan>.');
    const now = this.clock.now();
    const moment = timeOf(at, 'at', now) ?? new Date(now).toISOString();
    return this.questions.effective(sequenceIdOf(id), nameOf(scope, 'scope'), moment);
  }

  @Get('steps/:step/lacking')
  lacking(@Param('id') id: string, @Param('step') step: string): Promise<LackingAnswer> {
    return this.questions.lacking(sequenceIdOf(id), nameOf(step, 'step'));
  }
}

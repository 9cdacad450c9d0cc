import { submitDecision as submitBody, type DecisionView } from '@causeway/console-api';
import { CLOCK, type Clock } from '@causeway/host';
import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { problemsOf, Refused } from '../handle/refused';
import { decisionOf, submitDecision } from '../handle/submit-decision';
import type { SubmitPorts } from '../handle/submit-intent';
import { SUBMIT } from '../tokens';
import type { ConsoleRequest, ConsoleResponse } from './http';
import { keyOf, mustBeJson, sequenceIdOf } from './query';

/** What operators decide about a sequence that waits for them. */
@Controller('v1/sequences/:id/decisions')
export class DecisionsController {
  constructor(
    @Inject(SUBMIT) private readonly ports: SubmitPorts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(202)
  async submit(
    @Param('id') id: string,
    @Req() request: ConsoleRequest,
    @Res({ passthrough: true }) response: ConsoleResponse,
  ): Promise<DecisionView> {
    const key = keyOf(request.headers['idempotency-key']);
    const sequenceId = sequenceIdOf(id);
    mustBeJson(request.headers['content-type']);
    const parsed = submitBody.safeParse(request.body);
    if (!parsed.success)
      throw new Refused(422, 'body-invalid', 'The body is not a decision.', problemsOf(parsed.error));
    const asked = {
      ...parsed.data,
      settle: parsed.data.settle ?? null,
      key,
      sequenceId,
      subject: request.subject as string,
    };
    const decision = await submitDecision(this.ports, asked, this.clock.now());
    response.setHeader('location', decision.location);
    return decision;
  }

  @Get(':decision')
  one(@Param('id') id: string, @Param('decision') decision: string): Promise<DecisionView> {
    return decisionOf(this.ports.database, sequenceIdOf(id), sequenceIdOf(decision));
  }
}

import { submitIntent as submitBody, type SubmittedIntent } from '@causeway/console-api';
import { limits } from '@causeway/contracts';
import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { problemsOf, Refused } from '../handle/refused';
import { submitIntent, type SubmitPorts } from '../handle/submit-intent';
import { SUBMIT } from '../tokens';
import type { ConsoleRequest, ConsoleResponse } from './http';
import { keyOf, mustBeJson } from './query';

@Controller('v1/intents')
export class IntentsController {
  constructor(@Inject(SUBMIT) private readonly ports: SubmitPorts) {}

  @Post()
  @HttpCode(202)
  async submit(
    @Req() request: ConsoleRequest,
    @Res({ passthrough: true }) response: ConsoleResponse,
  ): Promise<SubmittedIntent> {
    const key = keyOf(request.headers['idempotency-key']);
    const { plan, mode } = bodyOf(request, key);
    const submitted = await submitIntent(this.ports, { key, mode, plan, subject: request.subject as string });
    response.setHeader('location', submitted.location);
    return submitted;
  }
}

function bodyOf(request: ConsoleRequest, key: string): ReturnType<typeof submitBody.parse> {
  mustBeJson(request.headers['content-type']);
  const parsed = submitBody.safeParse(request.body);
  if (!parsed.success) throw new Refused(422, 'body-invalid', 'The body is not an intent.', problemsOf(parsed.error));
  if (parsed.data.key !== undefined && parsed.data.key !== key) {
    const errors = [
      { code: 'key-differs', pointer: '/key', message: 'must be absent or equal to the Idempotency-Key header' },
    ];
    throw new Refused(
      422,
      'key-differs',
      `The body's key is not the Idempotency-Key (${limits.key} characters at most).`,
      errors,
    );
  }
  return parsed.data;
}

import { Controller, Get } from '@nestjs/common';
import { openApiDocument } from './openapi';

@Controller('v1')
export class OpenApiController {
  @Get('openapi.json')
  document(): object {
    return openApiDocument();
  }
}

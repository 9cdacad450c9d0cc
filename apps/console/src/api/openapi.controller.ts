import { Open } from '@causeway/host';
import { Controller, Get } from '@nestjs/common';
import { openApiDocument } from './openapi';

@Controller('v1')
export class OpenApiController {
  @Open()
  @Get('openapi.json')
  document(): object {
    return openApiDocument();
  }
}

import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';
import { systemClock } from './clock';
import { HostController } from './host.controller';
import type { HostLog } from './log';
import { Readiness } from './readiness';
import { SelfCheck } from './self-check';
import { Shutdown } from './shutdown';
import { CLOCK, LOG } from './tokens';

@Global()
@Module({})
export class HostModule {
  /** The service's module with the host's providers around it. */
  static around(module: Type<unknown> | DynamicModule, log: HostLog): DynamicModule {
    return {
      module: HostModule,
      imports: [module],
      controllers: [HostController],
      providers: [
        Readiness,
        SelfCheck,
        Shutdown,
        { provide: CLOCK, useValue: systemClock },
        { provide: LOG, useValue: log },
      ],
      exports: [Readiness, SelfCheck, Shutdown, CLOCK, LOG],
    };
  }
}

import { runService, type RunningService } from '@causeway/host';
import { CausewayServer, connectMessages } from '@causeway/messaging';
import type { DynamicModule, Type } from '@nestjs/common';

/** Starts a service whose module imports {@link ServiceModule}, with its intake attached. */
export const runMessageService = (name: string, module: Type<unknown> | DynamicModule): Promise<RunningService> =>
  runService({ name, module, configure: (app) => connectMessages(app, app.get(CausewayServer)) });

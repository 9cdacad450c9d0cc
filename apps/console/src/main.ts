import { runService } from '@causeway/host';
import { selfCheckOf, serveOrDoctor } from '@causeway/service';
import { CausewayServer, connectMessages } from '@causeway/messaging';
import { configureHttp } from './api/configure-http';
import { CONSOLE, ConsoleModule } from './console.module';

/** The process's one service; its specs start it by importing this file. */
export const running = serveOrDoctor(selfCheckOf(CONSOLE), () =>
  runService({
    name: 'console',
    module: ConsoleModule,
    configure: (app) => {
      configureHttp(app);
      connectMessages(app, app.get(CausewayServer));
    },
  }),
);

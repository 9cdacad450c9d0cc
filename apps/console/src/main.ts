import { runService } from '@causeway/host';
import { CausewayServer, connectMessages } from '@causeway/messaging';
import { configureHttp } from './api/configure-http';
import { ConsoleModule } from './console.module';

/** The process's one service; its specs start it by importing this file. */
export const running = runService({
  name: 'console',
  module: ConsoleModule,
  configure: (app) => {
    configureHttp(app);
    connectMessages(app, app.get(CausewayServer));
  },
});

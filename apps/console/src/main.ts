import { runService } from '@causeway/host';
import { CausewayServer, connectMessages } from '@causeway/messaging';
import { configureHttp } from './api/configure-http';
import { ConsoleModule } from './console.module';

void runService({
  name: 'console',
  module: ConsoleModule,
  configure: (app) => {
    configureHttp(app);
    connectMessages(app, app.get(CausewayServer));
  },
});

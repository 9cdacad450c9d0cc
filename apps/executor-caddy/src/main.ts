import { runExecutor } from '@causeway/executor-host';
import { caddyEnvironment, caddySettings } from './config';
import { caddyExecutor } from './executor';

void runExecutor({
  name: 'caddy',
  environment: caddyEnvironment,
  createExecutor: (environment, { recall }) => caddyExecutor(caddySettings(environment), recall),
});

import { runExecutor } from '@causeway/executor-host';
import { caddyEnvironment, caddyObserverSettings, caddySettings } from './config';
import { caddyExecutor } from './executor';
import { caddyObserver } from './observer';

void runExecutor({
  name: 'caddy',
  environment: caddyEnvironment,
  createExecutor: (environment, { recall }) => caddyExecutor(caddySettings(environment), recall),
  createObserver: (environment, { now }) => caddyObserver(caddyObserverSettings(environment), now),
});

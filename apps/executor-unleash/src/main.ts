import { runExecutor } from '@causeway/executor-host';
import { unleashEnvironment, unleashObserverSettings, unleashSettings } from './config';
import { unleashExecutor } from './executor';
import { unleashObserver } from './observer';

void runExecutor({
  name: 'unleash',
  environment: unleashEnvironment,
  createExecutor: (environment) => unleashExecutor(unleashSettings(environment)),
  createObserver: (environment, { now }) => unleashObserver(unleashObserverSettings(environment), now),
});

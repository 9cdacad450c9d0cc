import { runExecutor } from '@causeway/executor-host';
import { unleashEnvironment, unleashSettings } from './config';
import { unleashExecutor } from './executor';

void runExecutor({
  name: 'unleash',
  environment: unleashEnvironment,
  createExecutor: (environment) => unleashExecutor(unleashSettings(environment)),
});

import { runExecutor } from '@causeway/executor-host';
import { tomcatEnvironment, tomcatSettings } from './config';
import { tomcatExecutor } from './executor';

void runExecutor({
  name: 'tomcat',
  environment: tomcatEnvironment,
  createExecutor: (environment) => tomcatExecutor(tomcatSettings(environment)),
});

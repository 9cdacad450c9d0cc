import { runExecutor } from '@causeway/executor-host';
import { tomcatEnvironment, tomcatObserverSettings, tomcatSettings } from './config';
import { tomcatExecutor } from './executor';
import { tomcatObserver } from './observer';

void runExecutor({
  name: 'tomcat',
  environment: tomcatEnvironment,
  createExecutor: (environment) => tomcatExecutor(tomcatSettings(environment)),
  createObserver: (environment, { now }) => tomcatObserver(tomcatObserverSettings(environment), now),
});

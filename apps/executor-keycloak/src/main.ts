import { runExecutor } from '@causeway/executor-host';
import { keycloakEnvironment, keycloakObserverSettings, keycloakSettings } from './config';
import { keycloakExecutor } from './executor';
import { keycloakObserver } from './observer';

void runExecutor({
  name: 'keycloak',
  environment: keycloakEnvironment,
  createExecutor: (environment) => keycloakExecutor(keycloakSettings(environment)),
  createObserver: (environment, { now }) => keycloakObserver(keycloakObserverSettings(environment), now),
});

import { runExecutor } from '@causeway/executor-host';
import { keycloakEnvironment, keycloakSettings } from './config';
import { keycloakExecutor } from './executor';

void runExecutor({
  name: 'keycloak',
  environment: keycloakEnvironment,
  createExecutor: (environment) => keycloakExecutor(keycloakSettings(environment)),
});

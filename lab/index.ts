export { govern, setStage, startWorld, type Stage, type World, type WorldOptions } from './governed/world';
export { restoreOldState } from './teams/old-state';
export { readOutcome, witnessedOrder, type Outcome } from './demo/outcome';
export { actOne } from './demo/acts/act-one';
export { actThree } from './demo/acts/act-three';
export { actTwo } from './demo/acts/act-two';
export type { Played } from './demo/acts/act';
export { putBack } from './demo/acts/interlude';
export { closeTheBooks, type Books } from './demo/books';
export { startKafka, type Kafka, type Provider } from './broker/start-kafka';
export { cacheFolder, type Say } from './cache/cache-folder';
export { createDatabase, dropDatabase } from './database/create-database';
export { startPostgres, type Postgres } from './database/start-postgres';
export { startServices, type ExecutorPlan, type Services } from './services/services';
export { runCommandOf, runToEnd } from './services/run-to-end';
export { distFolder, type ServiceProcess } from './services/service-process';
export { installLab, startLab, type Lab, type LabOptions } from './systems/start-lab';
export { endLeftovers } from './processes/leftovers';
export { newOwnedFolder } from './processes/owned-folder';
export { freePorts } from './processes/ports';
export { GATEWAYS, REGIONS, type GatewayName, type Region } from './systems/regions';
export { startCaddy, type CaddyLab, type Gateway } from './systems/caddy/start';
export { startKeycloak, type KeycloakLab } from './systems/keycloak/start';
export type { ServiceAccount } from './systems/keycloak/realm';
export { startTomcat, type TomcatInstance, type TomcatLab } from './systems/tomcat/start';
export type { ManagerUser } from './systems/tomcat/instance-files';
export { setEventClock } from './systems/unleash/clock';
export { startUnleash, type UnleashLab } from './systems/unleash/start';
export type { UnleashUser } from './systems/unleash/seed';
export { startProcess, type RunningProcess } from './processes/managed-process';
export { Replicas } from './processes/replicas';
export { zip } from './shop/zip';
export { buildShopWar, SHOP_VERSIONS, type ShopVersion } from './shop/build-shop-war';
export { configWrites, readAcceptedPolicy, readGateway, type ConfigWrite, type GatewayView } from './readback/caddy';
export { freshUserToken, readGroupRoles, roleMappingHistory, type RoleMappingEvent } from './readback/keycloak';
export {
  deployHistory,
  readDeployments,
  readServedVersion,
  type DeployedVersion,
  type DeployRequest,
} from './readback/tomcat';
export { flagHistory, readFlagAsClient, readFlagSetting, type FlagEvent, type FlagSetting } from './readback/unleash';
export {
  aboutToMapRole,
  addStrategy,
  clearStrategies,
  widenStrategy,
  deploy,
  mapRole,
  switchFlag,
  undeploy,
  writePolicy,
} from './teams/teams';
export { flagPlace, pollWitness, type Sighting, type Witness, type WitnessOptions } from './witness/places';
export { hungUp, letIn, untilAnswered } from './http/call';

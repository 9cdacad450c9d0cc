export { startKafka, type Kafka, type Provider } from './broker/start-kafka';
export { cacheFolder, type Say } from './cache/cache-folder';
export { createDatabase, dropDatabase } from './database/create-database';
export { startPostgres, type Postgres } from './database/start-postgres';
export { startServices, type ExecutorPlan, type Services } from './services/services';
export { runCommandOf, runToEnd } from './services/run-to-end';
export { type ServiceProcess } from './services/service-process';
export { startLab, type Lab, type LabOptions } from './systems/start-lab';
export { GATEWAYS, REGIONS, type GatewayName, type Region } from './systems/regions';

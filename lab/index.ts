export { startKafka, type Kafka, type Provider } from './broker/start-kafka';
export { cacheFolder, type Say } from './cache/cache-folder';
export { createDatabase, dropDatabase } from './database/create-database';
export { startPostgres, type Postgres } from './database/start-postgres';

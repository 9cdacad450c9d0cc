import { createRequire } from 'node:module';
import { batchClass } from './fast-batch';
import { fetchResponse } from './fast-fetch';
import { fetchRequest } from './fast-fetch-request';
import { groupMessagesPerPartition } from './fast-partition';
import { frameRequest, produceRequest } from './fast-produce';
import { requestQueue } from './fast-queue';

/**
 * Puts ours in the place of what is slow in kafkajs; to others it looks the same, as tests show. Has to run before kafkajs is loaded, so
 * it is imported first where kafkajs is. Where modules are not loaded by Node itself (Jest), nothing changes.
 */
const REPLACED: Readonly<Record<string, (original: never) => unknown>> = {
  'protocol/requests/produce/v3/request.js': produceRequest,
  'protocol/request.js': () => frameRequest,
  'protocol/requests/fetch/v11/request.js': fetchRequest,
  'protocol/requests/fetch/v11/response.js': fetchResponse,
  'consumer/batch.js': batchClass,
  'network/requestQueue/index.js': requestQueue,
  'producer/groupMessagesPerPartition.js': () => groupMessagesPerPartition,
};

const load = createRequire(__filename);
loadFetchItsOwnWay();
for (const [path, ours] of Object.entries(REPLACED)) {
  const name = `kafkajs/src/${path}`;
  const original = load(name) as never;
  const loaded = load.cache[load.resolve(name)];
  if (loaded) loaded.exports = ours(original);
}

/**
 * Node finds a module that is asked for by a relative path at once only when it was loaded through that path first; else it searches
 * each time, and kafkajs asks for these with each fetch.
 */
function loadFetchItsOwnWay(): void {
  const fetch = load('kafkajs/src/protocol/requests/fetch/index.js') as FetchVersions;
  fetch.protocol({ version: '11' })({ topics: [] });
}

interface FetchVersions {
  protocol(of: { version: string }): (fields: object) => unknown;
}

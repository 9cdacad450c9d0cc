import { createRequire } from 'node:module';
import { crc32c } from './fast-crc';
import { encodeRecord } from './fast-record';

const REPLACED = {
  'kafkajs/src/protocol/recordBatch/record/v0/index.js': encodeRecord,
  'kafkajs/src/protocol/recordBatch/crc32C/index.js': crc32c,
};

/**
 * Puts our encoders in the place of kafkajs's slow ones; both write the same bytes, as tests show. Has to run before kafkajs sends
 * for the first time, since it loads its request formats then. Where modules are not loaded by Node itself (Jest), nothing changes.
 */
export function installFastEncoding(): void {
  const load = createRequire(__filename);
  for (const [path, ours] of Object.entries(REPLACED)) {
    load(path);
    const loaded = load.cache[load.resolve(path)];
    if (loaded) loaded.exports = ours;
  }
}

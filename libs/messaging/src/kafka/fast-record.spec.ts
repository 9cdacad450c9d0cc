import { createRequire } from 'node:module';
import fc from 'fast-check';
import { encodeRecord } from './fast-record';

const load = createRequire(__filename);
const original = load('kafkajs/src/protocol/recordBatch/record/v0/index.js') as typeof encodeRecord;

describe('the record encoder', () => {
  it('writes the bytes that kafkajs writes', () => {
    const bytes = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 300 }).map((any) => Buffer.from(any)),
    );
    const record = fc.record(
      {
        key: fc.option(bytes),
        value: fc.option(bytes),
        offsetDelta: fc.nat(100_000),
        timestampDelta: fc.nat(100_000),
        headers: fc.dictionary(fc.string(), fc.oneof(bytes, fc.array(bytes, { maxLength: 3 }))),
      },
      { requiredKeys: ['value'] },
    );
    fc.assert(
      fc.property(record, (fields) => {
        expect(encodeRecord(fields).buffer.equals(original(fields).buffer)).toBe(true);
      }),
    );
  });
});

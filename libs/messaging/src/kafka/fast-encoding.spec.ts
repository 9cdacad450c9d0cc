import { createRequire } from 'node:module';
import fc from 'fast-check';
import { crc32c } from './fast-crc';
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

describe('the checksum', () => {
  const original = load('kafkajs/src/protocol/recordBatch/crc32C/index.js') as typeof crc32c;

  it('is that of kafkajs, for any bytes and length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (any) => {
        expect(crc32c(Buffer.from(any))).toBe(original(Buffer.from(any)));
      }),
    );
  });

  it('is the known one of the usual check', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });
});

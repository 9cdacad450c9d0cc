import { limits, topicNames } from '@causeway/contracts';
import type { Sealed } from '../envelopes';
import { parts } from './kafka-sender';

const message = (topic: string, key: string, bytes: number): Sealed => ({
  id: key,
  topic,
  key,
  headers: {},
  value: Buffer.alloc(bytes),
});

describe('what goes into one request', () => {
  it('is everything, over all topics, when it is small', () => {
    const messages = Array.from({ length: 300 }, (_, i) =>
      message(i % 2 ? topicNames.records : topicNames.probes, `k${i}`, 600),
    );
    expect(parts(messages).length).toBeLessThanOrEqual(2);
    expect(parts(messages).flat()).toEqual(messages);
  });

  it('never holds more of one topic than the broker takes in one batch, and keeps the order', () => {
    const messages = Array.from({ length: 50 }, (_, i) => message(topicNames.records, `k${i}`, 40_000));
    const requests = parts(messages);
    expect(requests.flat()).toEqual(messages);
    requests.forEach((request) => expect(request.length * 40_000).toBeLessThan(limits.messageBytes + 64 * 1024));
    expect(requests.length).toBeGreaterThan(5);
  });

  it('is one message alone when that is as large as may be', () => {
    const messages = [1, 2].map((i) => message(topicNames.intents, `k${i}`, limits.messageBytes));
    expect(parts(messages)).toEqual(messages.map((one) => [one]));
  });
});

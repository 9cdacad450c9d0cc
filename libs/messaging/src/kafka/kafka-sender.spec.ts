import { limits, topicNames } from '@causeway/contracts';
import type { Sealed } from '../envelopes';
import type { Kafka } from 'kafkajs';
import { KafkaSender, parts } from './kafka-sender';

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

/** Counts the producers that are connected; each send waits until the test ends it. */
class CountedKafka {
  connected = 0;
  readonly sends: { ends(error?: Error): void }[] = [];

  producer(): object {
    return {
      connect: () => Promise.resolve(void this.connected++),
      disconnect: () => Promise.resolve(void this.connected--),
      sendBatch: () =>
        new Promise<void>((resolve, reject) => {
          this.sends.push({ ends: (error) => (error ? reject(error) : resolve()) });
        }),
    };
  }
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a producer that failed', () => {
  it('is given up once, however many sends it failed: the one made after it stays, and is closed with the bus', async () => {
    const kafka = new CountedKafka();
    const sender = new KafkaSender(kafka as unknown as Kafka, '');
    const send = (): Promise<string> =>
      sender.send([message(topicNames.intents, 'k', 1)]).then(
        () => 'sent',
        (error: Error) => error.message,
      );
    const [first, second] = [send(), send()];
    await turn();
    kafka.sends[0]?.ends(new Error('cut'));
    expect(await first).toContain('cut');
    const third = send();
    await turn();
    kafka.sends[1]?.ends(new Error('cut'));
    expect(await second).toContain('cut');
    kafka.sends[2]?.ends();
    expect(await third).toBe('sent');
    expect(kafka.connected).toBe(1);
    await sender.close();
    expect(kafka.connected).toBe(0);
  });
});

import { randomBytes } from 'node:crypto';
import { topicNames } from '@causeway/contracts';
import { Kafka, logLevel, Partitioners, type Message } from 'kafkajs';
import type { Dice } from '../../simulation/time/dice';

const TOPICS = [topicNames.intents, topicNames.results, topicNames.readings, topicNames.records, topicNames.decisions];
const DEEP = 5_000;
/** Above our limit, below the topic's. */
const LARGE_BYTES = 280 * 1024;

/** What no handler may ever see: deep, large, binary, empty, of no type, of a stranger. */
function pieces(): Message[] {
  const value = (text: string | Buffer | null): Message => ({ key: 'poison', value: text });
  return [
    value(null),
    value(''),
    value(randomBytes(300)),
    value('['.repeat(DEEP) + ']'.repeat(DEEP)),
    value(`{"data":"${'x'.repeat(LARGE_BYTES)}"}`),
    value('{"type":"causeway.moon.risen.v1","data":{}}'),
    value('{"id":1,"__proto__":{"type":"causeway.intent.published.v1"}}'),
    { ...value('{"type":"causeway.result.reported.v1"}'), headers: { 'causeway-signature': 'not a signature' } },
  ];
}

/** Puts some of it on topics that services read. Gives how many the broker took. */
export async function poison(brokers: string, prefix: string, dice: Dice): Promise<number> {
  const kafka = new Kafka({ brokers: brokers.split(','), clientId: 'chaos-poison', logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    const messages = pieces().filter(() => dice.chance(0.5));
    const topic = prefix + dice.pick(TOPICS);
    if (messages.length > 0) await producer.send({ topic, messages });
    return messages.length;
  } finally {
    await producer.disconnect();
  }
}

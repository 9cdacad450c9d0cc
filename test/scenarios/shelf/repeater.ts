import { commandsTopic, topicNames } from '@causeway/contracts';
import { createKafkaBus, type EventBus, type RawMessage, type Sealed } from '@causeway/messaging';
import { SHELVES, type ShelfWorld } from './shelf-world';

const { intents, probes, readings, records, results, observations } = topicNames;
const TOPICS = [intents, probes, readings, records, results, observations, ...SHELVES.map(commandsTopic)];

/** Hears everything that services tell each other, and sends it once more, byte by byte, in another order. */
export class Repeater {
  private readonly heard: Sealed[] = [];

  private constructor(private readonly bus: EventBus) {}

  static async of({ kafka, topicPrefix }: ShelfWorld): Promise<Repeater> {
    const bus = createKafkaBus({ brokers: kafka.brokers.split(','), clientId: 'repeater', prefix: topicPrefix });
    const repeater = new Repeater(bus);
    await bus.consume({
      groupId: 'repeater',
      topics: TOPICS,
      onBatch: (batch) => {
        repeater.heard.push(...batch.flatMap(asSent));
        return { accepted: Promise.resolve() };
      },
      onDead: (error) => {
        throw error;
      },
    });
    return repeater;
  }

  /** Everything heard so far, last first; answers how much it was. */
  async repeatBackwards(): Promise<number> {
    const all = this.heard.splice(0).reverse();
    // Those of one topic and key keep their order within one send only.
    for (const message of all) await this.bus.send([message]);
    return all.length;
  }

  close(): Promise<void> {
    return this.bus.close();
  }
}

const asSent = ({ topic, key, value, headers }: RawMessage): Sealed[] =>
  value === null || key === null ? [] : [{ id: headers['ce_id'] ?? '', topic, key, value, headers }];

import { Kafka, type Producer, type ProducerBatch } from 'kafkajs';
import { topicNames } from '@causeway/contracts';
import type { PointName } from './points';

/** Points that are met at the broker: a checkpoint about to be sent, and what is sent and not yet marked as sent. */
export function watchBroker(reach: (point: PointName) => void): void {
  const prototype = Kafka.prototype as { producer: Kafka['producer'] };
  const { producer } = prototype;
  prototype.producer = function watched(this: Kafka, config): Producer {
    const made = producer.call(this, config);
    const { sendBatch } = made;
    made.sendBatch = async (batch: ProducerBatch) => {
      const isCheckpoint = batch.topicMessages?.some(({ topic }) => topic.endsWith(topicNames.checkpoints)) ?? false;
      if (isCheckpoint) reach('P12');
      const sent = await sendBatch(batch);
      if (!isCheckpoint) reach('P2');
      return sent;
    };
    return made;
  };
}

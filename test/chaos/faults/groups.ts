import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';

const client = (brokers: string): Kafka =>
  new Kafka({ brokers: brokers.split(','), clientId: 'chaos-groups', logLevel: logLevel.NOTHING });

/** The group forgets how far it is: it begins at the start of its topics. Only while it has no member. */
export async function forgetOffsets(brokers: string, groupId: string): Promise<void> {
  const admin = client(brokers).admin();
  await admin.connect();
  try {
    await admin.deleteGroups([groupId]);
  } finally {
    await admin.disconnect();
  }
}

const JOIN_EVERY_MS = 2_000;

/** A stranger joins the group and leaves it, again and again: all members have to share anew each time. It handles nothing and commits nothing. */
export async function rebalanceStorm(brokers: string, groupId: string, topic: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const consumer = client(brokers).consumer({ groupId, sessionTimeout: 6_000, retry: { retries: 1 } });
    try {
      await consumer.connect();
      await consumer.subscribe({ topic });
      await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() });
      await pause(JOIN_EVERY_MS);
    } finally {
      await consumer.disconnect();
    }
  }
}

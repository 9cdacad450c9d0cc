import { connect } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';

/** True when the broker tells a client who leads: it takes requests now. */
export async function brokerAnswers(brokers: string): Promise<boolean> {
  if (!(await portIsOpen(brokers))) return false;
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } finally {
    await admin.disconnect();
  }
}

/** Cheaper than a refused client, and asked often while a broker starts. */
function portIsOpen(brokers: string): Promise<boolean> {
  const [host = '127.0.0.1', port = '9092'] = (brokers.split(',')[0] ?? '').split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    const done = (open: boolean) => (): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', done(true)).once('error', done(false));
  });
}

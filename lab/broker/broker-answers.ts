import { openBrokerReader } from '@causeway/messaging';
import { connect } from 'node:net';

/** True when the broker answers a client: it takes requests now. */
export async function brokerAnswers(brokers: string): Promise<boolean> {
  if (!(await portIsOpen(brokers))) return false;
  const reader = await openBrokerReader({ brokers: brokers.split(','), clientId: 'lab' });
  await reader.close();
  return true;
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

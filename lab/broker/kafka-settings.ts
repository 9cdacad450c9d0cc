import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Ports of the one node: clients, and the quorum of one. */
export interface KafkaPorts {
  readonly clients: number;
  readonly controller: number;
  /** Where clients are told to come. */
  readonly advertised: number;
}

/** 2 MiB: above our own limit of 1 MB, so that over-long messages can be sent and must be parked. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

/** What differs from Kafka's own defaults, for every way of running it. */
export const brokerSettings: Readonly<Record<string, string>> = {
  'auto.create.topics.enable': 'false',
  'message.max.bytes': String(MAX_MESSAGE_BYTES),
  'group.initial.rebalance.delay.ms': '0',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '8',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '4',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  // A killed broker may register again only when its old session has ended; the default makes a restart take 9 s.
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
  // The default of 128 MB would take a quarter of the heap for the two topics that are compacted.
  'log.cleaner.dedupe.buffer.size': '4194304',
};

/** One node, both roles, loopback only. */
export async function writeServerProperties(folder: string, ports: KafkaPorts): Promise<string> {
  const settings: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${ports.clients},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${ports.advertised}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'data'),
    ...brokerSettings,
  };
  const file = join(folder, 'server.properties');
  await writeFile(
    file,
    Object.entries(settings)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  return file;
}

/** Warnings only: the broker's talk at the info level is thousands of lines a start. */
export async function writeLogSettings(folder: string): Promise<string> {
  const file = join(folder, 'log4j2.properties');
  await writeFile(
    file,
    [
      'rootLogger.level=warn',
      'rootLogger.appenderRef.out.ref=out',
      'appender.out.type=Console',
      'appender.out.name=out',
      'appender.out.layout.type=PatternLayout',
      'appender.out.layout.pattern=%d{ISO8601} %p %c{1}: %m%n',
      '',
    ].join('\n'),
  );
  return file;
}

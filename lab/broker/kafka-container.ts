import { freePorts } from '../processes/ports';
import { brokerSettings } from './kafka-settings';

const IMAGE = 'apache/kafka:4.3.1';

/** Kafka in a container. The host's port is chosen first, because the broker has to advertise it. */
export async function startKafkaContainer(): Promise<{ brokers: string; stop(): Promise<void> }> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const [port] = (await freePorts(1)) as [number];
  const container = await new GenericContainer(IMAGE)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment(environmentFor(port))
    .withWaitStrategy(Wait.forListeningPorts())
    .start();
  return {
    brokers: `127.0.0.1:${port}`,
    stop: async () => void (await container.stop()),
  };
}

const environmentFor = (port: number): Record<string, string> => ({
  KAFKA_NODE_ID: '1',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
  KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
  KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  KAFKA_HEAP_OPTS: '-Xms256m -Xmx512m',
  KAFKA_OPTS: '-XX:TieredStopAtLevel=1',
  ...Object.fromEntries(Object.entries(brokerSettings).map(([key, value]) => [environmentName(key), value])),
});

/** The image reads `message.max.bytes` from KAFKA_MESSAGE_MAX_BYTES. */
const environmentName = (setting: string): string => `KAFKA_${setting.toUpperCase().replaceAll('.', '_')}`;

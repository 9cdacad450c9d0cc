import { createRequire } from 'node:module';
import type { Admin } from 'kafkajs';

/** The first version of the metadata request whose answer names topics by id (KIP-516, brokers from 2.8 on). */
const VERSION = 10;
const NO_ID = Buffer.alloc(16);

interface Encoder {
  writeBuffer(bytes: Buffer): Encoder;
  writeBoolean(value: boolean): Encoder;
  writeUVarIntString(text: string | null): Encoder;
  writeUVarIntArray(items: readonly Encoder[] | null): Encoder;
  /** Without an argument: no tagged fields. */
  writeUVarIntBytes(): Encoder;
}

interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readBoolean(): boolean;
  readBytes(length: number): Buffer;
  readUVarIntString(): string | null;
  readUVarIntArray<T>(read: (decoder: Decoder) => T): T[] | null;
  readTaggedFields(): unknown;
}

interface Asked {
  readonly topics: readonly string[];
  readonly allowAutoTopicCreation: boolean;
}
interface Protocol {
  readonly request: { readonly apiKey: number };
  readonly response: { readonly decode: unknown; readonly parse: unknown };
}
interface Definition {
  versions: readonly string[];
  protocol(of: { readonly version: number }): (asked: Asked) => Protocol;
}

const load = createRequire(__filename);
const kafkajs = <T>(path: string): T => load(`kafkajs/src/protocol/${path}`) as T;

/**
 * Teaches kafkajs the version of the metadata request that tells a topic from another of its name: its own newest, 6, does not.
 * Each partition of a topic then carries the topic's id, since the admin client hands partitions through as they are.
 */
export function installTopicIds(): void {
  const metadata = kafkajs<Definition>('requests/metadata');
  if (metadata.versions.includes(String(VERSION))) return;
  const { protocol, versions } = metadata;
  const newest = Math.max(...versions.map(Number));
  metadata.versions = [...versions, String(VERSION)];
  metadata.protocol = ({ version }) =>
    version < VERSION
      ? protocol({ version: Math.min(version, newest) })
      : (asked) => withIds(asked, protocol({ version: newest })(asked));
}

const withIds = (asked: Asked, { request, response }: Protocol): Protocol => ({
  request: Object.assign({}, request, { apiVersion: VERSION, encode: () => Promise.resolve(encode(asked)) }),
  response: { ...response, decode: (bytes: Buffer) => Promise.resolve(decode(bytes)) },
});

function encode({ topics, allowAutoTopicCreation }: Asked): Encoder {
  const make = (): Encoder => new (kafkajs<new () => Encoder>('encoder'))();
  const named = topics.map((topic) => make().writeBuffer(NO_ID).writeUVarIntString(topic).writeUVarIntBytes());
  return (
    make()
      // The tagged fields of the request's head, which kafkajs leaves to us.
      .writeUVarIntBytes()
      .writeUVarIntArray(topics.length === 0 ? null : named)
      .writeBoolean(allowAutoTopicCreation)
      // No lists of what we are allowed to do, of the cluster nor of topics.
      .writeBoolean(false)
      .writeBoolean(false)
      .writeUVarIntBytes()
  );
}

function decode(bytes: Buffer) {
  const decoder = new (kafkajs<new (bytes: Buffer) => Decoder>('decoder'))(bytes);
  decoder.readTaggedFields();
  const clientSideThrottleTime = decoder.readInt32();
  const brokers = decoder.readUVarIntArray(brokerOf);
  const clusterId = decoder.readUVarIntString();
  const controllerId = decoder.readInt32();
  const topicMetadata = decoder.readUVarIntArray(topicOf);
  return { throttleTime: 0, clientSideThrottleTime, brokers, clusterId, controllerId, topicMetadata };
}

function brokerOf(decoder: Decoder) {
  const [nodeId, host] = [decoder.readInt32(), decoder.readUVarIntString()];
  const [port, rack] = [decoder.readInt32(), decoder.readUVarIntString()];
  decoder.readTaggedFields();
  return { nodeId, host, port, rack };
}

function topicOf(decoder: Decoder) {
  const [topicErrorCode, topic] = [decoder.readInt16(), decoder.readUVarIntString()];
  const topicId = decoder.readBytes(16).toString('hex');
  const isInternal = decoder.readBoolean();
  const partitions = decoder.readUVarIntArray(partitionOf) ?? [];
  decoder.readInt32();
  decoder.readTaggedFields();
  return { topicErrorCode, topic, isInternal, partitionMetadata: partitions.map((one) => ({ ...one, topicId })) };
}

function partitionOf(decoder: Decoder) {
  const nodes = (): number[] => decoder.readUVarIntArray((one) => one.readInt32()) ?? [];
  const [partitionErrorCode, partitionId] = [decoder.readInt16(), decoder.readInt32()];
  const leader = decoder.readInt32();
  // Epoch of the leader.
  decoder.readInt32();
  const [replicas, isr, offlineReplicas] = [nodes(), nodes(), nodes()];
  decoder.readTaggedFields();
  return { partitionErrorCode, partitionId, leader, replicas, isr, offlineReplicas };
}

/** The broker's id of each topic, hex: another one once a topic was made anew under its name. None from brokers that have no ids. */
export async function topicIds(admin: Admin, topics: readonly string[]): Promise<Map<string, string>> {
  const metadata = await admin.fetchTopicMetadata({ topics: [...topics] });
  return new Map(
    metadata.topics.flatMap(({ name, partitions: [first] }) => {
      const { topicId } = (first ?? {}) as { readonly topicId?: string };
      return topicId === undefined ? [] : [[name, topicId] as const];
    }),
  );
}

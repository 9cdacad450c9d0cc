import {
  allTopics,
  belongsOn,
  commandsTopic,
  governedTopics,
  ledgerTopics,
  messageSchemas,
  type MessageType,
  type TopicSettings,
} from '@causeway/contracts';

/** Stands for any executor's name: there is one commands topic for each. */
const ANY_EXECUTOR = 'executor';

const typesOn = (topic: string): MessageType[] =>
  (Object.keys(messageSchemas) as MessageType[]).filter((type) => belongsOn(type, topic));

const channel = ({ name, partitions, retentionMs, cleanup, maxMessageBytes, writers }: TopicSettings): object => ({
  address: name === commandsTopic(ANY_EXECUTOR) ? 'causeway.commands.{executor}.v1' : name,
  ...(name === commandsTopic(ANY_EXECUTOR)
    ? { parameters: { executor: { description: 'Name of the executor; a vendor sees only its own.' } } }
    : {}),
  description: `Written by ${writers.join(', ')}.`,
  messages: Object.fromEntries(typesOn(name).map((type) => [type, { $ref: `#/components/messages/${type}` }])),
  bindings: {
    kafka: {
      topic: name,
      partitions,
      topicConfiguration: {
        'cleanup.policy': [cleanup],
        'retention.ms': retentionMs,
        'max.message.bytes': maxMessageBytes,
      },
      bindingVersion: '0.5.0',
    },
  },
});

const message = (type: MessageType): object => ({
  name: type,
  contentType: 'application/json',
  headers: {
    type: 'object',
    required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'causeway-signature'],
    properties: Object.fromEntries(
      [
        'ce_specversion',
        'ce_id',
        'ce_source',
        'ce_type',
        'ce_subject',
        'ce_time',
        'ce_correlationid',
        'ce_causationid',
        'ce_partitionkey',
        'causeway-signature',
      ].map((header) => [header, { type: 'string' }]),
    ),
  },
  payload: { $ref: `./messages/${type}.schema.json` },
});

/** AsyncAPI 3.0: every topic with its settings, writers and messages. */
export function asyncApiDocument(): object {
  const dead = allTopics([ANY_EXECUTOR]).find(({ name }) => name.endsWith('.dlq')) as TopicSettings;
  const topics = [...governedTopics([ANY_EXECUTOR]), ...ledgerTopics()];
  const channels = Object.fromEntries(
    topics.map((settings) => [settings.name.replaceAll('.', '-'), channel(settings)]),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Causeway topics',
      version: '1.0.0',
      description:
        'CloudEvents 1.0 in binary mode; the value is the signed envelope. A message that does not verify, parse or fit goes to the dead-letter topic of its topic.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: {
      ...channels,
      'dead-letters': {
        ...channel(dead),
        address: '{topic}.dlq',
        parameters: { topic: { description: 'Any topic above.' } },
      },
    },
    operations: Object.fromEntries(
      Object.keys(channels).map((id) => [
        `receive-${id}`,
        { action: 'receive', channel: { $ref: `#/channels/${id}` } },
      ]),
    ),
    components: {
      messages: Object.fromEntries((Object.keys(messageSchemas) as MessageType[]).map((type) => [type, message(type)])),
    },
  };
}

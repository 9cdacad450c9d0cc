export {
  SendFailed,
  type BrokerContact,
  type Consumption,
  type ConsumeOptions,
  type EventBus,
  type Handed,
  type RawMessage,
  type Watermark,
} from './bus';
export type { Log } from './log';
export type { Draft, Received, Sealed } from './envelopes';
export { resealed, seal, signatureOf, valueOf, type SealOptions } from './seal';
export { depthWithin } from './json-depth';
export { openRaw, topicIndex, type Admission, type Door, type Opened, type Refusal } from './door';
export { deadLetterDraft, deadLetterId, deadLetterTopicOf } from './dead-letters';
export { Parking, type ParkingOptions } from './parking';
export { refusalDraft } from './refusals';
export { type OutboxRow, type OutboxStore } from './outbox';
export { Relay, type RelayOptions } from './relay';
export { CausewayServer, connectMessages, type CausewayServerOptions } from './server';
export { untilBroker, type Waiting } from './kafka/until-broker';
export { createKafkaBus, instanceFrom, kafkaOptionsFrom, type KafkaBusOptions } from './kafka/kafka-bus';
export { openBrokerReader, type BrokerReader } from './kafka/broker-reader';

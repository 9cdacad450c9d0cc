export {
  changeName,
  digest,
  eventId,
  instant,
  name,
  NAME_PATTERN,
  sequenceId,
  sequenceIdSeed,
  uuidFromHash,
  uuidV7,
} from './ids';
export { duration, durationMs } from './duration';
export { limits } from './limits';
export { envelopeOf, principalOf, type Envelope } from './envelope/current';
export { cloudEventHeaders, headerMismatch, SIGNATURE_HEADER, type HeaderMap } from './envelope/cloudevents';
export {
  allTopics,
  commandsTopic,
  deadLetterTopic,
  deadLetterTopics,
  governedTopics,
  ledgerTopics,
  mayWrite,
  topicNames,
  type TopicSettings,
} from './topics';
export {
  plan,
  rungHeight,
  RUNGS,
  type OnFailure,
  type Plan,
  type PlanDocument,
  type PlanStep,
  type Rung,
} from './plan/current';
export {
  target,
  type Expectation,
  type Probe,
  type ResolvedExpectation,
  type Target,
  type TargetChange,
  type TargetDocument,
} from './target/current';
export { intent, intentData, INTENT_TYPE, type Intent, type IntentData } from './intent/current';
export {
  command,
  commandData,
  COMMAND_TYPE,
  type Command,
  type CommandData,
  type ScopeMembers,
} from './command/current';
export { outcome, result, resultData, RESULT_TYPE, type Outcome, type Result, type ResultData } from './result/current';
export {
  watch,
  watchData,
  watchEnd,
  watchEndData,
  WATCH_END_TYPE,
  WATCH_TYPE,
  type WatchData,
  type WatchEnd,
  type WatchEndData,
  type WatchRequest,
} from './watch/current';
export {
  sighting,
  sightingData,
  SIGHTING_TYPE,
  type Sight,
  type Sighting,
  type SightingData,
} from './sighting/current';
export { mutation, mutationData, MUTATION_TYPE, type Mutation, type MutationData } from './mutation/current';
export { coverage, coverageData, COVERAGE_TYPE, type Coverage, type CoverageData } from './coverage/current';
export {
  classification,
  classificationData,
  CLASSIFICATION_TYPE,
  MUTATION_CLASSES,
  type Classification,
  type ClassificationData,
  type MutationClass,
} from './classification/current';
export {
  decision,
  decisionData,
  DECISION_TYPE,
  settlement,
  type DecisionData,
  type DecisionMessage,
  type Settlement,
  type Verb,
} from './decision/current';
export { probe, probeData, PROBE_TYPE, type ProbeData, type ProbeRequest } from './probe/current';
export {
  readingData,
  readingMessage,
  READING_TYPE,
  type MemberReading,
  type ReadingData,
  type ReadingMessage,
} from './reading/current';
export {
  evolutionRecord,
  record,
  recordData,
  RECORD_TYPE,
  type AheadAtKey,
  type EvolutionRecord,
  type FrozenStep,
  type HoldReason,
  type Problem,
  type RecordData,
  type RecordMessage,
  type ScopeShown,
} from './record/current';
export { refusal, refusalData, REFUSAL_TYPE, type RefusalData, type RefusalReport } from './refusal/current';
export {
  deadLetter,
  deadLetterData,
  DEAD_LETTER_TYPE,
  PARK_REASONS,
  type DeadLetter,
  type DeadLetterData,
  type ParkReason,
} from './dead-letter/current';
export { entries, entriesData, ENTRIES_TYPE, type Entries, type EntriesData } from './entries/current';
export { entry, entryData, ENTRY_TYPE, type Entry, type EntryData } from './entry/current';
export {
  checkpoint,
  checkpointData,
  CHECKPOINT_TYPE,
  type Checkpoint,
  type CheckpointData,
} from './checkpoint/current';
export {
  messageSchemas,
  parseMessage,
  parseRecorded,
  type Message,
  type MessageOf,
  type MessageType,
  type Parsed,
} from './message';
export { belongsOn } from './message-kinds';
export {
  batchBody,
  BATCH_PAYLOAD_TYPE,
  formatSignatureHeader,
  MAX_PATH_HASHES,
  parseSignatureHeader,
  PAYLOAD_TYPE,
  preAuthenticationEncoding,
  type SignatureHeader,
} from './signature/current';

export {
  diagnosis,
  EVERYTHING,
  finding,
  ok,
  report,
  SEVERITIES,
  wrong,
  type Diagnosis,
  type Finding,
  type Report,
  type SeenFinding,
  type Severity,
} from './finding';
export { HEALTH_EXIT } from './exit-code';
export { CHECK_DEADLINE_MS, checksOn, runSelfCheck, type Check, type Checks, type Ground } from './run';
export { diagnosisOf, gather, readServices, reportsOf, type ServiceAddresses } from './gather';
export { diagnosisText, type Marks } from './text';
export { judgeClock, judgeFuture, spanText, type ClockState } from './judge/clock';
export { judgeGroup, type Behind, type GroupState } from './judge/group';
export { judgeOutbox, type OutboxState } from './judge/outbox';
export { judgeSchema, type SchemaState } from './judge/schema';
export { judgeSeat, type SeatState } from './judge/seat';
export { judgeTopics, type PartitionPlace, type TopicsState, type TopicState } from './judge/topics';

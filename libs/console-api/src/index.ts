export { problemBody, problemItem, type ProblemBody, type ProblemItem } from './problem';
export { submitIntent, submittedIntent, type SubmittedIntent } from './intents';
export {
  explanation,
  hold,
  isOver,
  position,
  SEQUENCE_STATUSES,
  sequenceStatus,
  sequenceSummary,
  sequenceView,
  type Explanation,
  type GateView,
  type Hold,
  type MemberView,
  type NoticedMutationView,
  type ScopeView,
  type SequenceStatus,
  type SequenceSummary,
  type SequenceView,
  type StepView,
} from './sequences';
export {
  asOfPage,
  checkpointView,
  consistencyReceipt,
  entryItem,
  entryWithLeaf,
  inclusionReceipt,
  page,
  targetEvent,
  type AsOfPage,
  type CheckpointView,
  type ConsistencyReceipt,
  type EntryItem,
  type EntryWithLeaf,
  type InclusionReceipt,
  type Page,
  type TargetEvent,
} from './ledger';
export {
  explainedAnswer,
  mutationItem,
  outsideAnswer,
  type ExplainedAnswer,
  type MutationItem,
  type OutsideAnswer,
  type UncoveredInterval,
} from './observed';
export { evidence, type Evidence } from './evidence';
export { decisionView, submitDecision, type DecisionView } from './decisions';

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
  type Hold,
  type MemberView,
  type ScopeView,
  type SequenceStatus,
  type SequenceSummary,
  type SequenceView,
  type StepView,
} from './sequences';
export {
  checkpointView,
  consistencyReceipt,
  entryItem,
  entryWithLeaf,
  inclusionReceipt,
  page,
  targetEvent,
  type EntryItem,
  type EntryWithLeaf,
  type Page,
  type TargetEvent,
} from './ledger';

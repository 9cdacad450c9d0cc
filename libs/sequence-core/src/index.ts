export { ClaimBook, type Claims } from './claim/claim-book';
export { conflictKeyOf, conflictKeysOf, type ClaimedKey } from './claim/conflict-keys';
export { attemptOf, sequencesFor, type SequenceAt } from './mutation/candidates';
export { classify, concernedBy, type Classified } from './mutation/classify';
export {
  evolveResource,
  evolveTarget,
  NEWEST_RULES,
  replayTarget,
  rulesOf,
  UNTOUCHED,
  type FoldedMutation,
  type ResourceState,
  type Rules,
  type TargetState,
} from './mutation/target-state';
export { own } from './own';
export {
  divergences,
  pathDifference,
  type Divergences,
  type PathDifference,
  type PlanDivergence,
  type ScopeDivergence,
} from './path/divergences';
export { effectiveAt, type EffectiveAt, type StepAt } from './path/effective-at';
export { exposureWindows, type Exposure, type ExposureWindow, type UncertainTime } from './path/exposure-windows';
export { foldPath } from './path/fold-path';
export { type MadeBy } from './path/made-by';
export { membersLacking, type MemberLacking } from './path/members-lacking';
export { type PathEntry, type PathState } from './path/path-state';
export { scopePath, type PathStep, type ScopePath } from './path/scope-path';
export { type Bounds, type Span } from './path/span';
export { checkPlan, type PlanCheck } from './plan/check-plan';
export { jsonProblem } from './plan/json-problem';
export { hintFor } from './plan/nearest';
export { plannedSteps, wantedScopes, type PlannedStep } from './plan/planned-steps';
export { pathOf, pointerOf } from './plan/pointer';
export { readForm, schemaProblems } from './plan/schema-problems';
export { parametersOf } from './plan/target-problems';
export { compareAll, expectationsMet, sameJson, type Comparison, type ObservedValues } from './readiness/expectation';
export { judgeRound, judgeSilence, type ScopeVerdict, type Unready } from './readiness/verdict';
export { ANSWER_WITHIN_MS, nextLookMs } from './sequence/clock';
export { type Context, type Input, type LastRound } from './sequence/context';
export { decide } from './sequence/decide';
export { type Decision, type Order, type Tools } from './sequence/decision';
export { validTogetherMs } from './sequence/evidence-age';
export { evolve, replay } from './sequence/evolve';
export { leftOut, needsOfGate } from './sequence/order';
export { recordsOf } from './sequence/records';
export { afterFailure, policyOf } from './sequence/retry';
export {
  ABSENT,
  END_GATE,
  type CommandRef,
  type EndedSequence,
  type GateHold,
  type NoticedMutation,
  type OpenSequence,
  type SequenceState,
  type StepState,
} from './sequence/state';

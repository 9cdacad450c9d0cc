export {
  attemptIdOf,
  requestOf,
  type CapabilityClass,
  type ChangeRequest,
  type DeclaredChange,
  type Evidence,
  type Executor,
  type Json,
  type LookUp,
  type Written,
} from './executor';
export { NotApplied, type Refusal } from './not-applied';
export { DeadlinePassed, within, type StartTimer } from './deadline';
export { boundedEvidence, evidenceLimits } from './evidence';
export { runCommand, type RunDeps } from './run-command';

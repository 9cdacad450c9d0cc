export { CursorLost, type Observer, type SeenMutation, type Sweep } from './observer';
export type {
  CapabilityClass,
  ChangeRequest,
  DeclaredChange,
  Evidence,
  Executor,
  Json,
  LookUp,
  Written,
} from './executor';
export { NotApplied, type Refusal } from './not-applied';
export { afterFirstWrite } from './after-first-write';
export type { StartTimer } from './deadline';
export { boundedEvidence, evidenceLimits } from './evidence';
export { runCommand, type RunDeps } from './run-command';

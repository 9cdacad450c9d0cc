export { formatProblems, printable } from './format-problems';
export { readPlanFile, readTargetFile, type FileRead, type PlacedProblem } from './read-plan-file';
export { readTargets } from './read-targets';
export { validateFile, type Validation } from './validate-file';

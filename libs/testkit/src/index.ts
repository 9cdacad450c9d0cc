export { examplePlan, exampleTarget, kindsOf, SequenceStory } from './sequence-story';
export { TOLD_ORIGIN, ToldLedger } from './told-ledger';
export { ToldSequence } from './told-sequence';
export { LAGGING_PLAN, LAGGING_TARGETS, LaggingRegion } from './lagging-region';
export { exampleMutation, TargetStory } from './target-story';
export { ToldTargets } from './told-targets';
export { GoneAround } from './gone-around';
export { CutLine } from './cut-line';

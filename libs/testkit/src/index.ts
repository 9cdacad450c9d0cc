export { examplePlan, exampleTarget, kindsOf, SequenceStory } from './sequence-story';

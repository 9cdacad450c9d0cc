export { runExecutor, type ExecutorApp } from './run-executor';
export { recallInMemory, type Recall } from './recall';
export {
  callTarget,
  connectionLost,
  jsonOf,
  refusalOf,
  type Asked,
  type TargetAnswer,
  type TargetCall,
} from './target-call';
export type { ObserverServices } from './observing/observer-services';
export { storedCursor } from './observing/stored-cursor';

export { requestFor, type ConformanceCase, type ConformanceFixture, type Sample } from './fixture';
export { conformanceCases } from './suite';
export { Follower } from './follower';
export { observerCases, type ObserverFixture } from './observer-suite';

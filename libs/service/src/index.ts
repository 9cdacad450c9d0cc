export { runMessageService } from './run-message-service';
export { messageServiceEnv, type MessageServiceEnv } from './service-env';
export { selfCheckOf, ServiceModule, type MessageServiceOptions } from './service.module';
export { lastWord } from './last-word';
export { recordRefusals } from './record-refusal';
export { BUS, DATABASE, OUTBOX, SERVICE_ENV, SIGNER, VERIFIER } from './tokens';
export { runDoctor, serveOrDoctor } from './self-check/doctor-command';
export { lookAtSelf } from './self-check/look-at-self';
export type { ReaderAndBroker, SelfCheckPlan } from './self-check/plan';

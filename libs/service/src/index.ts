export { runMessageService } from './run-message-service';
export { messageServiceEnv, type MessageServiceEnv } from './service-env';
export { ServiceModule, type MessageServiceOptions } from './service.module';
export { recordRefusals } from './record-refusal';
export { BUS, DATABASE, OUTBOX, SERVICE_ENV, SIGNER, VERIFIER } from './tokens';

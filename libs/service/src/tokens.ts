/** Injection tokens of what a message service is made of. Each is an interface, so there is no class to inject by. */
export const BUS = Symbol('EventBus');
export const DATABASE = Symbol('Database');
export const OUTBOX = Symbol('OutboxStore');
export const SIGNER = Symbol('Signer');
export const VERIFIER = Symbol('Verifier');
export const SERVICE_ENV = Symbol('MessageServiceEnv');

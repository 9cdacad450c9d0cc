/** Injection tokens of what has no class to inject by. */
export const HOLDERS = Symbol('Tokens');
export const SUBMIT = Symbol('SubmitPorts');
export const OWNERS = Symbol('Owners');
/** Where the services answer about themselves. */
export const SERVICES = Symbol('ServiceAddresses');

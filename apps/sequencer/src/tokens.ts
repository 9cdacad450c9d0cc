/** Injection tokens of what has no class. */
export const TARGETS = Symbol('registered targets');

/** Never resolves, and keeps this process alive: what it started is not waited for, and a listener for a signal holds nothing. */
export const stay = (): Promise<never> => new Promise(() => setInterval(() => undefined, 60_000));

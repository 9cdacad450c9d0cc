/** Resolves after this many milliseconds; does not keep the process alive by itself. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** Everything a command has of the world around it. */
export interface Io {
  /** Data. */
  out(text: string): void;
  /** Data that is not ours to change, byte for byte. */
  write(bytes: Uint8Array): void;
  /** Talk. */
  say(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  /** Unix milliseconds. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}

export const processIo = (interrupted: AbortSignal): Io => ({
  out: (text) => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
  write: (bytes) => void process.stdout.write(bytes),
  say: (text) => void process.stderr.write(`${text}\n`),
  env: process.env,
  isTerminal: process.stdout.isTTY === true,
  now: () => Date.now(),
  sleep,
  interrupted,
});

/** Resolves after that time, or at once when the signal is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}

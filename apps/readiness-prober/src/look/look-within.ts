import { LookFailed, unreachable, type LeansOn, type Look, type LookOutcome } from './look';

/** One look with an end: a member that does not answer in time is unreachable, whatever its look still waits for. */
export function lookWithin(
  look: Look,
  timeoutMs: number,
  stopping: AbortSignal,
  leansOn?: LeansOn,
): Promise<LookOutcome> {
  const late = new AbortController();
  return new Promise((resolve) => {
    const end = (outcome: LookOutcome): void => {
      clearTimeout(timer);
      stopping.removeEventListener('abort', stop);
      resolve(outcome);
      late.abort();
    };
    const stop = (): void => end(unreachable('the prober stopped looking'));
    const timer = setTimeout(() => end(unreachable(`no answer within ${timeoutMs / 1_000} s`)), timeoutMs);
    stopping.addEventListener('abort', stop, { once: true });
    look(late.signal, leansOn).then(end, (error: unknown) => end(unreachable(reasonOf(error))));
  });
}

/** Only sentences of ours go into a reading. */
const reasonOf = (error: unknown): string => (error instanceof LookFailed ? error.message : 'the look itself failed');

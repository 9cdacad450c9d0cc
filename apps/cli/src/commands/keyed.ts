import { Interrupted } from '../client/console-client';
import { CliFailure, EXIT } from '../exit-codes';
import type { Io } from '../io';

/** Sends something under an idempotency key. Without an answer it may have been taken all the same: then the key is told, to ask again by. */
export async function keyed<T>(io: Io, key: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const isOpen = error instanceof Interrupted || (error instanceof CliFailure && error.exitCode === EXIT.unreachable);
    if (isOpen) io.say(`it is not known whether it was taken; repeat with --key ${key} and nothing is done twice`);
    throw error;
  }
}

import { NotApplied } from './not-applied';

/**
 * Carries out what an executor does after its first write: further writes, reading again. A refusal there, or a target that is gone by
 * then, says nothing about what is written already, so it is thrown as a plain error and counts as unknown.
 * @param written what was written before, for people: `2 of 3 writes`
 */
export async function afterFirstWrite<T>(written: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof NotApplied ? new Error(`after ${written}: ${error.message}`, { cause: error }) : error;
  }
}

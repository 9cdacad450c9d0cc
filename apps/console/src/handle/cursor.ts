import { Refused } from './refused';

/** Opaque to clients: they may only hand it back. */
export const cursorOf = (...positions: readonly number[]): string =>
  Buffer.from(positions.join('.')).toString('base64url');

/** The positions in a cursor; null when there is none. Refuses a text that no answer of ours contained. */
export function positionsIn(cursor: string | undefined, count: number): number[] | null {
  if (cursor === undefined) return null;
  const positions = Buffer.from(cursor, 'base64url').toString('latin1').split('.').map(Number);
  const isWhole = positions.every((value) => Number.isSafeInteger(value) && value >= 0);
  if (positions.length === count && isWhole && cursorOf(...positions) === cursor) return positions;
  throw new Refused(400, 'cursor-invalid', 'The cursor is not one from a nextCursor of this list.');
}

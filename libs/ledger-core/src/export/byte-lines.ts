import { joinBytes } from '../bytes/join';

/** One line without its newline. `ended` is false only for what follows the last newline of the input, if anything does. */
export interface ByteLine {
  readonly bytes: Uint8Array;
  readonly ended: boolean;
}

const NEWLINE = 0x0a;

/**
 * Lines of an input that comes in pieces of any size, so that a big file need not be in memory at once.
 * A piece is not copied: its bytes must stay as they are.
 * Only LF ends a line; everything else is content. A line is kept whole, so the longest line bounds the memory.
 */
export function* byteLines(pieces: Iterable<Uint8Array>): Generator<ByteLine> {
  let pending: Uint8Array[] = [];
  for (const piece of pieces) {
    let from = 0;
    for (let to = piece.indexOf(NEWLINE); to >= 0; to = piece.indexOf(NEWLINE, from)) {
      yield { bytes: joined(pending, piece.subarray(from, to)), ended: true };
      pending = [];
      from = to + 1;
    }
    if (from < piece.length) pending.push(piece.subarray(from));
  }
  if (pending.length > 0) yield { bytes: joined(pending, new Uint8Array(0)), ended: false };
}

const joined = (pending: readonly Uint8Array[], last: Uint8Array): Uint8Array =>
  pending.length === 0 ? last : joinBytes([...pending, last]);

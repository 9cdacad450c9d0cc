/** Many byte strings as one parameter, with the places to cut it at. */
export interface PackedBytes {
  readonly bytes: Buffer;
  /** From 1, as SQL's `substring` counts. */
  readonly starts: number[];
  readonly lengths: number[];
}

/**
 * A Buffer parameter goes to Postgres as it is, while a bytea[] is written out in hex and quoted element by element. So rows are
 * inserted as `substring($1 from start for length)` over unnested places.
 */
export function packBytes(values: readonly Uint8Array[]): PackedBytes {
  const starts: number[] = [];
  const lengths: number[] = [];
  let start = 1;
  for (const value of values) {
    starts.push(start);
    lengths.push(value.length);
    start += value.length;
  }
  return { bytes: Buffer.concat(values), starts, lengths };
}

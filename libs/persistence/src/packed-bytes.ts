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

/** Ids, numbers and words of ours as an array parameter: nothing in them needs quoting, so nothing is looked for. */
export const plainArray = (values: readonly (string | number | null)[]): string =>
  `{${values.map((value) => value ?? 'NULL').join()}}`;

/** Any texts as an array parameter. Most need no escaping, which is seen in one look at all of them. */
export const textArray = (values: readonly string[]): string | readonly string[] =>
  values.length === 0 || NEEDS_ESCAPING.test(values.join('')) ? values : `{"${values.join('","')}"}`;

const NEEDS_ESCAPING = /["\\]/;

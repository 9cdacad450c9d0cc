import type { Json } from '@causeway/executor-sdk';
import type { Database } from '@causeway/persistence';

/**
 * What an executor remembers to be able to revert where the target itself forgets: kept before a write, durable when `keep`
 * resolves. The last value of a key counts.
 */
export interface Recall {
  keep(key: string, value: Json): Promise<void>;
  /** undefined: nothing was kept. */
  get(key: string): Promise<Json | undefined>;
}

export const recallIn = (database: Database): Recall => ({
  async keep(key, value) {
    const sql = `insert into recalled(key, value) values ($1, $2)
      on conflict (key) do update set value = excluded.value, at = clock_timestamp()`;
    await database.query(sql, [key, JSON.stringify(value)]);
  },
  async get(key) {
    const [row] = await database.query<{ value: Json }>('select value from recalled where key = $1', [key]);
    return row?.value;
  },
});

/** For specs and for conformance runs without a database. */
export function recallInMemory(): Recall {
  const kept = new Map<string, Json>();
  return {
    keep: (key, value) => {
      kept.set(key, value);
      return Promise.resolve();
    },
    get: (key) => Promise.resolve(kept.get(key)),
  };
}

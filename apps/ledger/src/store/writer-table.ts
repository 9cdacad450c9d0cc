import { hostname } from 'node:os';
import type { Database } from '@causeway/persistence';

/** How this process is called as a writer. */
export const holderName = (): string => `${hostname()}/${process.pid}`;

/**
 * Takes the log over: the next epoch. Whoever wrote before finds, in its very next insert, that its epoch is over. Two that
 * start at the same time get different epochs, since the number is the primary key.
 */
export async function takeOver(database: Database, holder: string): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      const [row] = await database.query<{ epoch: string }>(
        'insert into writer (epoch, holder) select coalesce(max(epoch), 0) + 1, $1 from writer returning epoch',
        [holder],
      );
      return Number((row as { epoch: string }).epoch);
    } catch (error) {
      if ((error as { code?: unknown }).code !== '23505' || tries === 10) throw error;
    }
  }
}

/** Who wrote last, or writes now. */
export interface WriterRow {
  readonly epoch: number;
  readonly holder: string;
}

export async function newestWriter(database: Database): Promise<WriterRow | null> {
  const [row] = await database.query<{ epoch: string; holder: string }>(
    'select epoch, holder from writer order by epoch desc limit 1',
    [],
    'newest-writer',
  );
  return row ? { epoch: Number(row.epoch), holder: row.holder } : null;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, dropDatabase, startKafka, startPostgres } from '@causeway/lab';

/** A real broker and an empty real database. */
export interface Ground {
  readonly brokers: string;
  readonly databaseUrl: string;
  stop(): Promise<void>;
}

export async function layGround(): Promise<Ground> {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-prober-lab-'));
  const say = (line: string): unknown => process.stderr.write(`${line}\n`);
  const [kafka, postgres] = await Promise.all([startKafka({ dir, say }), startPostgres({ dir, say })]);
  const name = `prober_${process.pid}_${Date.now()}`;
  return {
    brokers: kafka.brokers,
    databaseUrl: await createDatabase(postgres.url, name),
    stop: async () => {
      await dropDatabase(postgres.url, name);
      await Promise.all([kafka.stop(), postgres.stop()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

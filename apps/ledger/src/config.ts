import { parseEnv } from '@causeway/host';
import { z } from 'zod';

const milliseconds = z.coerce.number().int().min(1);

const database = {
  /** Connects as the role that may only insert and select. */
  DATABASE_URL: z.string().min(1),
};

const topics = {
  KAFKA_BROKERS: z.string().min(1),
  CAUSEWAY_EXECUTORS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    ),
};

const identity = {
  CAUSEWAY_TRUST_FILE: z.string().min(1),
  /** Name of the log, and of the key that signs its checkpoints. */
  CAUSEWAY_ORIGIN: z
    .string()
    .regex(/^[^\s+]{1,150}$/, 'must be up to 150 characters without white space and "+", like causeway.local/ledger')
    .default('causeway.local/ledger'),
};

const serving = z.object({
  ...database,
  ...topics,
  ...identity,
  CAUSEWAY_KEY_FILE: z.string().min(1),
  /** How long an event waits for a cause that is nowhere. */
  LEDGER_CAUSE_WAIT_MS: milliseconds.default(30_000),
  /** Events that may wait before partitions that run ahead of their causes are left to pause. None is let go for it. */
  LEDGER_MAX_WAITING: z.coerce.number().int().min(1).default(200_000),
  /** Event ids kept in memory at the least. */
  LEDGER_RECENT_EVENTS: z.coerce.number().int().min(1).default(100_000),
});
export type LedgerConfig = z.output<typeof serving>;

export const readConfig = (): LedgerConfig => parseEnv(serving);
export const readMigrateConfig = () => parseEnv(z.object({ ...database, LEDGER_OWNER_URL: z.string().min(1) }));
export const readAccountingConfig = () => parseEnv(z.object({ ...database, ...topics }));
export const readTopics = () => parseEnv(z.object(topics));
const identityEnv = z.object(identity);
/** By which name and key the log is known. */
export type LogIdentity = z.output<typeof identityEnv>;
export const readIdentity = (): LogIdentity => parseEnv(identityEnv);
export const readCheckConfig = () => parseEnv(z.object({ ...database, ...identity }));

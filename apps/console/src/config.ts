import { readFileSync } from 'node:fs';
import { readTargets } from '@causeway/plan-file';
import { readServices } from '@causeway/self-check';
import { z } from 'zod';
import type { Owners } from './fold/mutations';

/** Besides what every message service needs. */
export const consoleEnv = z.object({
  /** JSON file: who may ask, see {@link readTokens}. */
  CAUSEWAY_TOKENS_FILE: z.string().min(1),
  /** Folder of Target files: who owns which target. Absent: no owner is told. */
  CAUSEWAY_TARGETS: z.string().min(1).optional(),
  /** Where the other services answer about themselves, `name=http://host:port` with commas between: who `/v1/doctor` asks besides itself. */
  CAUSEWAY_SERVICES: z
    .string()
    .default('')
    .transform((text, context) => {
      try {
        return readServices(text);
      } catch (error) {
        context.addIssue((error as Error).message);
        return z.NEVER;
      }
    }),
  /** `yes`: empty the projection at this start and read the ledger topic again. */
  CONSOLE_REBUILD: z.enum(['yes', 'no']).default('no'),
  /** Messages that may lie in the outbox unsent before no more intents are taken: the broker is away. */
  CONSOLE_MAX_UNSENT: z.coerce.number().int().min(1).default(10_000),
});

const tokensFile = z
  .array(
    z.strictObject({
      /** SHA-256 of the token, hex: the file does not give the token away. */
      sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in 64 lower-case hex digits'),
      /** Who that is, as it stands in the ledger. */
      subject: z.string().min(1).max(200),
      access: z.enum(['read', 'full']).default('full'),
    }),
  )
  .min(1);

interface Holder {
  readonly subject: string;
  readonly access: 'read' | 'full';
}
/** Holders by the SHA-256 (hex) of their token. */
export type Tokens = ReadonlyMap<string, Holder>;

/** Throws with the file's name and the place when it is not of the form `[{"sha256": ..., "subject": ...}]`. */
export function readTokens(path: string): Tokens {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`cannot read CAUSEWAY_TOKENS_FILE ${path}: ${(error as Error).message}`);
  }
  const parsed = tokensFile.safeParse(json);
  if (!parsed.success) {
    const form = '[{"sha256": "<64 hex digits>", "subject": "<name>", "access": "read" or "full"}]';
    throw new Error(`CAUSEWAY_TOKENS_FILE ${path} must be ${form}:\n${z.prettifyError(parsed.error)}`);
  }
  return new Map(parsed.data.map(({ sha256, subject, access }) => [sha256, { subject, access }]));
}

/** Owner team of each registered target. Throws with the file's name and place when one cannot be used. */
export function readOwners(dir: string | undefined): Owners {
  if (dir === undefined) return new Map();
  return new Map([...readTargets(dir).values()].map(({ metadata }) => [metadata.name, metadata.owner]));
}

import { Frontier } from '@causeway/ledger-core';
import { openDatabase } from '@causeway/persistence';
import { loadVerifier, sha256, verifyBytes } from '@causeway/signing';
import { readCheckConfig } from '../config';
import { ledgerKeyIn } from '../handle/ledger-key';
import { walkLog, type Walked } from '../handle/walk-log';
import { PostgresLogStore } from '../store/log-store';
import { ledgerMigrations, SCHEMA } from '../store/migrations';

/** Computes the whole tree again: all rows, all heads, all checkpoints. 0 when they agree, 1 naming the first bad index. */
export async function check(args: readonly string[]): Promise<number> {
  const walked = await walkWhole(readCheckConfig());
  process.stdout.write(`${args.includes('--json') ? asJson(walked) : asText(walked)}\n`);
  return walked.ok ? 0 : 1;
}

export async function walkWhole(config: ReturnType<typeof readCheckConfig>): Promise<Walked> {
  const key = ledgerKeyIn(loadVerifier(config.CAUSEWAY_TRUST_FILE), config.CAUSEWAY_ORIGIN);
  const database = await openDatabase({
    url: config.DATABASE_URL,
    schema: SCHEMA,
    migrations: ledgerMigrations,
    migrate: false,
    poolSize: 1,
  });
  try {
    const ports = { sha256, verifyEd25519: verifyBytes };
    return await walkLog({ rows: new PostgresLogStore(database), from: Frontier.empty(sha256), ports, key });
  } finally {
    await database.close();
  }
}

const rootOf = (frontier: Frontier): string => Buffer.from(frontier.root()).toString('base64');

function asText(walked: Walked): string {
  if (!walked.ok) return `the ledger is damaged at index ${walked.fault.index}: ${walked.fault.detail}`;
  const { frontier, heads } = walked;
  return `${frontier.size} entries and ${heads} checkpoints agree, root ${rootOf(frontier)}`;
}

function asJson(walked: Walked): string {
  if (!walked.ok) return JSON.stringify({ ok: false, ...walked.fault });
  return JSON.stringify({ ok: true, size: walked.frontier.size, heads: walked.heads, root: rootOf(walked.frontier) });
}

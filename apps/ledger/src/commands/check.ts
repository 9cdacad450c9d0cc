import { Frontier } from '@causeway/ledger-core';
import { openReader, type Tx } from '@causeway/persistence';
import { loadVerifier, sha256, verifyBytes } from '@causeway/signing';
import { readCheckConfig, type LogIdentity } from '../config';
import { ledgerKeysIn } from '../handle/ledger-key';
import { frontierOf } from '../handle/restore';
import { walkLog, type LogFault, type Walked } from '../handle/walk-log';
import { LogReader } from '../store/log-reader';
import { SCHEMA } from '../store/migrations';

/** Computes the whole tree again: all rows, all heads, all checkpoints. 0 when they agree, 1 naming the first bad index. */
export async function check(args: readonly string[]): Promise<number> {
  const walked = await walkWhole(readCheckConfig());
  process.stdout.write(`${args.includes('--json') ? asJson(walked) : asText(walked)}\n`);
  return walked.ok ? 0 : 1;
}

/** All of one moment, so that a ledger at work meanwhile changes nothing. */
export async function walkWhole(config: ReturnType<typeof readCheckConfig>): Promise<Walked> {
  const reader = await openReader({ url: config.DATABASE_URL, schema: SCHEMA });
  try {
    return await reader.snapshot(async (tx) => (await walkNewest(tx, config, Infinity)).walked);
  } finally {
    await reader.close();
  }
}

/** @param most entries that are computed again, about; older ones are taken as good, from the head before them on */
export async function walkNewest(
  tx: Tx,
  { CAUSEWAY_TRUST_FILE, CAUSEWAY_ORIGIN }: LogIdentity,
  most: number,
): Promise<{ readonly walked: Walked; readonly from: number; readonly size: number }> {
  const keys = ledgerKeysIn(loadVerifier(CAUSEWAY_TRUST_FILE), CAUSEWAY_ORIGIN);
  const ports = { sha256, verifyEd25519: verifyBytes };
  const rows = new LogReader(tx);
  const size = (await rows.newestHead())?.size ?? 0;
  const base = size > most ? await rows.headFrom(size - most) : null;
  const from = base ? frontierOf(base, ports) : Frontier.empty(sha256);
  return { walked: await walkLog({ rows, from, ports, keys }), from: from.size, size };
}

const rootOf = (frontier: Frontier): string => Buffer.from(frontier.root()).toString('base64');

function asText(walked: Walked): string {
  if (!walked.ok) return `${verdictOn(walked.fault)} index ${walked.fault.index}: ${walked.fault.detail}`;
  const { frontier, heads } = walked;
  return `${frontier.size} entries and ${heads} checkpoints agree, root ${rootOf(frontier)}`;
}

const verdictOn = ({ isKeyUnknown }: LogFault): string =>
  isKeyUnknown ? 'the ledger cannot be verified from' : 'the ledger is damaged at';

function asJson(walked: Walked): string {
  if (!walked.ok) return JSON.stringify({ ok: false, ...walked.fault });
  return JSON.stringify({ ok: true, size: walked.frontier.size, heads: walked.heads, root: rootOf(walked.frontier) });
}

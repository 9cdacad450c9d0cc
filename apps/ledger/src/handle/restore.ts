import { Frontier, type NotePorts, type VerifierKey } from '@causeway/ledger-core';
import { LogDisagrees, mustBeOurs, type StoredHead } from './ports';
import { walkLog, type LogFault, type LogRows } from './walk-log';

export interface RestoreRows extends LogRows {
  newestHead(): Promise<StoredHead | null>;
  headFrom(size: number): Promise<StoredHead | null>;
}

/** So many of the newest entries are computed again at each start. The `check` command computes all. */
const RECHECKED = 10_000;

/**
 * The right edge of the tree as the tables have it. Refuses a log whose newest part does not agree with its heads: extending it
 * would sign what is wrong.
 * @throws LogDisagrees naming the first bad index; WriterReplaced when a later writer was at work meanwhile
 */
export async function restoreFrontier(
  rows: RestoreRows,
  { ports, keys, epoch }: { readonly ports: NotePorts; readonly keys: readonly VerifierKey[]; readonly epoch: number },
): Promise<Frontier> {
  const newest = await rows.newestHead();
  const size = newest?.size ?? 0;
  const base = size > RECHECKED ? await rows.headFrom(size - RECHECKED) : null;
  const from = base ? frontierOf(base, ports) : Frontier.empty(ports.sha256);
  const walked = await walkLog({ rows, from, ports, keys });
  if (!walked.ok) {
    const head = await rows.newestHead();
    if (head) mustBeOurs(head, epoch);
    throw new LogDisagrees(
      `the ledger disagrees with itself from index ${walked.fault.index} on: ${walked.fault.detail}. ` +
        `Nothing is appended to it; ${remedyOf(walked.fault)}`,
    );
  }
  return walked.frontier;
}

const remedyOf = ({ isKeyUnknown }: LogFault): string =>
  isKeyUnknown
    ? 'put the public key that signed it back into CAUSEWAY_TRUST_FILE (older keys of the ledger stay there), the tables need no backup for that'
    : 'restore the tables from a backup and run the `check` command';

/** The right edge that a head says, when it is the one of its root. @throws LogDisagrees otherwise */
export function frontierOf(head: StoredHead, { sha256 }: Pick<NotePorts, 'sha256'>): Frontier {
  const frontier = Frontier.restore(sha256, head.frontier);
  if (Buffer.compare(frontier.root(), head.root) === 0) return frontier;
  throw new LogDisagrees(`head ${head.size} has another frontier than its root says`);
}

import { join } from 'node:path';
import { runCommandOf } from '@causeway/lab';
import type { Stage } from '../stage';
import type { Violation } from './violation';

const CLI = 'apps/cli/src/main.js';
const LEDGER = 'apps/ledger/src/main.js';

/** What the product's own commands say of the ledger in the end. */
export interface Books {
  readonly exportFile: string;
  readonly accounting: {
    readonly addsUp: boolean;
    readonly produced: number;
    readonly duplicates: number;
    readonly parked: number;
    /** Topics that were made anew, as the ledger noticed it. */
    readonly madeAnew: number;
  };
  readonly verify: boolean;
  readonly check: boolean;
  readonly violations: readonly Violation[];
}

/** Accounting, export, offline verification with the plan's rules, and the tree computed again from its rows. */
export async function closeTheBooks({ runDir, services }: Stage, settle: string): Promise<Books> {
  const exportFile = join(runDir, 'export.jsonl');
  const env = { CAUSEWAY_SERVER: services.consoleUrl, CAUSEWAY_TOKEN: services.token };
  const accounting = await runCommandOf(LEDGER, ['accounting', '--json', '--settle', settle], services.ledgerEnv);
  const check = await runCommandOf(LEDGER, ['check', '--json'], services.ledgerEnv);
  const exported = await runCommandOf(CLI, ['export', '--out', exportFile], env);
  const verify = await runCommandOf(CLI, ['verify', exportFile], env);
  const violations = Object.entries({ accounting, check, exported, verify }).flatMap(
    ([kind, { code, stdout, stderr }]) =>
      code === 0 ? [] : [{ kind, detail: `exit ${code}: ${stdout}${stderr}`.slice(0, 4_000) }],
  );
  return {
    ...{ exportFile, violations, verify: verify.code === 0, check: check.code === 0 },
    accounting: summed(accounting.stdout),
  };
}

interface Told {
  readonly addsUp: boolean;
  readonly partitions: readonly Balance[];
  readonly madeAnew: readonly unknown[];
}

interface Balance {
  readonly produced: number;
  readonly duplicates: number;
  readonly parked: number;
}

function summed(json: string): Books['accounting'] {
  try {
    const { addsUp, partitions, madeAnew } = JSON.parse(json) as Told;
    const sum = (of: (one: Balance) => number): number => partitions.reduce((total, one) => total + of(one), 0);
    return {
      addsUp,
      produced: sum(({ produced }) => produced),
      duplicates: sum(({ duplicates }) => duplicates),
      parked: sum(({ parked }) => parked),
      madeAnew: madeAnew.length,
    };
  } catch {
    return { addsUp: false, produced: 0, duplicates: 0, parked: 0, madeAnew: 0 };
  }
}

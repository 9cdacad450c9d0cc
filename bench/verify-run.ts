import { runToEnd, type Services } from '@causeway/lab';

/** What must hold after a run, or it is no result: every message accounted for, and the whole tree computed again from its rows. */
export async function verifyRun(services: Services): Promise<string> {
  const ledger = (...args: string[]): Promise<string> => runToEnd('apps/ledger/src/main.js', args, services.ledgerEnv);
  const accounting = await ledger('accounting', '--settle', '60s');
  const check = await ledger('check', '--json');
  return `accounting ${verdictOf(accounting)}\ncheck ${check.trim()}`;
}

/** A line a partition comes before it. */
const verdictOf = (text: string): string => text.trim().split('\n').at(-1) ?? '';

import { runToEnd, type Services } from '@causeway/lab';

/** What must hold after a run, or it is no result: every message accounted for, and the whole tree computed again from its rows. */
export async function verifyRun(services: Services): Promise<string> {
  const accounting = await runToEnd(
    'apps/ledger/src/main.js',
    ['accounting', '--json', '--settle', '60s'],
    services.ledgerEnv,
  );
  const check = await runToEnd('apps/ledger/src/main.js', ['check', '--json'], services.ledgerEnv);
  return `accounting ${accounting.trim()}\ncheck ${check.trim()}`;
}

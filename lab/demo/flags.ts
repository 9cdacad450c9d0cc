/**
 *   --keep          leaves everything running and prints the addresses
 *   --json FILE     writes the outcome
 *   --report FILE   where the report goes (demo-report.html)
 */
export interface Flags {
  readonly keep: boolean;
  readonly json: string | null;
  readonly report: string;
}

const USAGE = 'usage: npm run demo -- [--keep] [--json FILE] [--report FILE]\n';

export function readFlags(args: readonly string[]): Flags {
  const flags = { keep: false, json: null as string | null, report: 'demo-report.html' };
  for (let i = 0; i < args.length; i++) {
    const value = args[i + 1];
    if (args[i] === '--keep') flags.keep = true;
    else if (args[i] === '--json' && value) flags.json = args[++i] as string;
    else if (args[i] === '--report' && value) flags.report = args[++i] as string;
    else {
      process.stderr.write(USAGE);
      process.exit(64);
    }
  }
  return flags;
}

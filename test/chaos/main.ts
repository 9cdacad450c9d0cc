import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runChaos } from './chaos';
import { asLines } from './report';

/**
 * `npm run chaos -- --minutes N [--seed S] [--lanes N] [--dependencies SHARE] [--only KIND] [--small-disk] [--json FILE]`: services as processes over a real broker and a real database,
 * killed and stopped again and again while sequences run; then one checker over what the world itself wrote down, what clients were
 * told, and the ledger's export. Ends with 1 when something was violated, and then keeps the folder of the run.
 */
const USAGE =
  'usage: npm run chaos -- [--minutes N] [--seed S] [--lanes N] [--dependencies SHARE] [--only KIND] [--small-disk] [--json FILE]';

/** The goal, on a machine of our own. */
const RECOVERY_P95_MS = 20_000;

const positive = (text: string, name: string): number => {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} must be a number above 0, not "${text}"\n${USAGE}`);
  return number;
};

const share = (text: string): number => {
  const number = Number(text);
  if (!(number >= 0 && number <= 1)) throw new Error(`--dependencies must be from 0 to 1, not "${text}"\n${USAGE}`);
  return number;
};

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      lanes: { type: 'string', default: '16' },
      dependencies: { type: 'string', default: '0.25' },
      'small-disk': { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      json: { type: 'string' },
    },
  });
  const report = await runChaos({
    seed: Math.floor(positive(values.seed, 'seed')),
    minutes: positive(values.minutes, 'minutes'),
    dependencies: share(values.dependencies),
    smallDisk: values['small-disk'],
    only: values.only,
    lanes: Math.floor(positive(values.lanes, 'lanes')),
    ...{ drainMs: 180_000, recoveryWithinMs: RECOVERY_P95_MS, say },
  });
  console.log(asLines(report).join('\n'));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  return report.violations.length > 0 ? 1 : 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { asLines, type Report } from './report';
import { ranges, runApart, together } from './shared-work';
import { huntAll, simulate } from './simulate';

/**
 * `npm run simulate -- --seeds N [--seed S] [--bugs] [--json FILE]`: N runs from seed S on, shared by as many
 * processes as there are cores (--processes 1: one after another); with --bugs every planted bug is hunted too. Ends with 1 when something broke or a planted bug was missed.
 */
const USAGE =
  'usage: npm run simulate -- [--seeds N] [--seed S] [--bugs [--hunts N] [--most N]] [--processes N] [--json FILE]';

const whole = (text: string, name: string): number => {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new Error(`--${name} must be a whole number, not "${text}"\n${USAGE}`);
  return number;
};

function optionsOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      bugs: { type: 'boolean', default: false },
      hunts: { type: 'string', default: '3' },
      most: { type: 'string', default: '2000' },
      processes: { type: 'string', default: String(availableParallelism()) },
      json: { type: 'string' },
    },
  });
  return {
    range: { from: whole(values.seed, 'seed'), seeds: whole(values.seeds, 'seeds') },
    hunts: { hunts: whole(values.hunts, 'hunts'), most: whole(values.most, 'most'), isBiased: false },
    ...{ bugs: values.bugs, json: values.json, processes: whole(values.processes, 'processes') },
  };
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const { range, hunts, bugs, json, processes } = optionsOf(process.argv.slice(2));
  const parts = ranges(range, Math.max(1, processes));
  const runs: Report =
    parts.length > 1
      ? together(await Promise.all(parts.map((part) => runApart(part, []))))
      : await simulate({ ...range, say });
  const report: Report = { ...runs, bugs: bugs ? await huntAll(hunts, say) : null };
  console.log(asLines(report).join('\n'));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  const missed = report.bugs?.filter(({ median }) => median === null).length ?? 0;
  return report.violations.length + missed > 0 ? 1 : 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { BUG_BANK } from './bugs/bank';
import { failEach, nthLines, together as togetherNth, type NthReport } from './nth/report';
import { asLines, together, type Report } from './report';
import { inProcesses, rangeOf, shareOf, WHOLE, type Part } from './shared-work';
import { huntAll, simulate } from './simulate';

/**
 * `npm run simulate -- --seeds N [--seed S] [--bugs [--biased]] [--json FILE]`: N runs from seed S on; with --bugs every planted bug is
 * hunted too. `npm run simulate -- --nth [--bugs]`: every call of one story fails in every way. Shared by as many processes as there
 * are cores (--processes 1: one after another). Ends with 1 when something broke, a planted bug was missed, or many runs never hit a kind of fault.
 */
const USAGE =
  'usage: npm run simulate -- [--seeds N] [--seed S] [--bugs [--hunts N] [--most N] [--biased]] [--nth] [--processes N] [--json FILE]';
/** From so many seeds on, every kind of fault has to be hit. */
const ENOUGH_FOR_ALL_FAULTS = 5_000;

const whole = (text: string, name: string): number => {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new Error(`--${name} must be a whole number, not "${text}"\n${USAGE}`);
  return number;
};

function partOf(text: string | undefined): Part | null {
  const [number = '', of = ''] = text?.split('/') ?? [];
  return text === undefined ? null : { number: whole(number, 'part'), of: whole(of, 'part') };
}

function optionsOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      bugs: { type: 'boolean', default: false },
      hunts: { type: 'string', default: '3' },
      most: { type: 'string', default: '2000' },
      biased: { type: 'boolean', default: false },
      nth: { type: 'boolean', default: false },
      processes: { type: 'string', default: String(availableParallelism()) },
      // Of a process that does a part of the work.
      part: { type: 'string' },
      json: { type: 'string' },
    },
  });
  return {
    range: { from: whole(values.seed, 'seed'), seeds: whole(values.seeds, 'seeds') },
    hunts: { hunts: whole(values.hunts, 'hunts'), most: whole(values.most, 'most'), isBiased: values.biased },
    ...{ bugs: values.bugs, nth: values.nth, json: values.json },
    ...{ processes: Math.max(1, whole(values.processes, 'processes')), part: partOf(values.part) },
  };
}

type Options = ReturnType<typeof optionsOf>;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Alone or with others, each doing a part. */
async function shared<R>({ processes, part }: Options, alone: (part: Part) => Promise<R>, joined: (all: R[]) => R) {
  if (part || processes === 1) return alone(part ?? WHOLE);
  return joined(await inProcesses<R>(processes, process.argv.slice(2)));
}

async function runSeeds({ range, hunts, bugs }: Options, part: Part): Promise<Report> {
  const runs = await simulate({ ...rangeOf(range, part), say });
  return { ...runs, bugs: bugs ? await huntAll(shareOf(BUG_BANK, part), hunts, say) : null };
}

async function nthMain(options: Options): Promise<[NthReport, string[], boolean]> {
  const report = await shared(options, (part) => failEach(part, options.bugs, say), togetherNth);
  return [report, nthLines(report), report.violations.length === 0];
}

async function seedsMain(options: Options): Promise<[Report, string[], boolean]> {
  const report = await shared(options, (part) => runSeeds(options, part), together);
  const missed = report.bugs?.filter(({ median }) => median === null) ?? [];
  const unhit = report.seeds < ENOUGH_FOR_ALL_FAULTS ? [] : report.faultsNotHit;
  return [report, asLines(report), report.violations.length + missed.length + unhit.length === 0];
}

async function main(): Promise<number> {
  const options = optionsOf(process.argv.slice(2));
  const [report, lines, isGood] = await (options.nth ? nthMain(options) : seedsMain(options));
  console.log(lines.join('\n'));
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  return isGood ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);

import { BUG_BANK } from '../bugs/bank';
import type { PlantedBug } from '../bugs/planted-bug';
import { TWISTS, type Call, type Twist } from '../calls';
import { shareOf, type Part } from '../shared-work';
import { cases, nameOf, roleOf, runCase, undisturbed, type Broken, type Case, type Undisturbed } from './sweep';

/** How many calls of one kind one service made in the undisturbed story. */
export interface Counted {
  readonly handler: string;
  readonly kind: string;
  /** Which one: a statement, a topic; of `begin` and `commit` the first statement of their transaction. */
  readonly of: string;
  readonly calls: number;
}

/** A planted bug, and the run that first showed it. */
export interface Bitten {
  readonly name: string;
  /** Runs until it broke something, from 1; 0: the story breaks without a failed call; null: none did. */
  readonly runs: number | null;
  readonly invariant: string | null;
}

export interface NthReport {
  readonly calls: number;
  readonly byCall: readonly Counted[];
  readonly runs: number;
  readonly byTwist: Readonly<Record<Twist, number>>;
  readonly seconds: number;
  readonly violations: readonly Broken[];
  readonly bugs: readonly Bitten[] | null;
}

const SAY_EVERY = 500;

/** Fails every call in every way, or this part of them. */
export async function failEach(part: Part, withBugs: boolean, say: (line: string) => void): Promise<NthReport> {
  const started = process.hrtime.bigint();
  const story = await undisturbed();
  const mine = shareOf(cases(story.calls.length), part);
  const violations: Broken[] = [];
  for (const [i, one] of mine.entries()) {
    const broken = await runCase(one, story);
    if (broken) violations.push(broken);
    if ((i + 1) % SAY_EVERY === 0) say(`${i + 1} runs, ${violations.length} violations`);
  }
  const bugs = withBugs ? await biteAll(shareOf(BUG_BANK, part), story, say) : null;
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const ran = { calls: story.calls.length, byCall: counted(story.calls), runs: mine.length, byTwist: byTwist(mine) };
  return { ...ran, seconds, violations, bugs };
}

async function biteAll(
  bugs: readonly PlantedBug[],
  story: Undisturbed,
  say: (line: string) => void,
): Promise<Bitten[]> {
  const bitten: Bitten[] = [];
  for (const bug of bugs) {
    const one = await bite(bug, story);
    say(`${one.name}: ${one.runs ?? 'missed'}`);
    bitten.push(one);
  }
  return bitten;
}

/**
 * Fails call after call of the story with a bug in it until one run breaks something.
 * @param isWanted which calls are failed; absent: all
 */
export async function bite(
  bug: PlantedBug,
  story: Undisturbed,
  isWanted: (call: Call) => boolean = () => true,
): Promise<Bitten> {
  const own = await undisturbed(bug).catch(() => null);
  if (!own) return { name: bug.name, runs: 0, invariant: 'the story itself' };
  const wanted = cases(own.calls.length).filter(({ number }) => isWanted(own.calls[number] as Call));
  for (const [i, one] of wanted.entries()) {
    const broken = await runCase(one, { ...story, calls: own.calls }, bug);
    if (broken) return { name: bug.name, runs: i + 1, invariant: broken.invariant };
  }
  return { name: bug.name, runs: null, invariant: null };
}

/** Several parts as one report. */
export function together(parts: readonly NthReport[]): NthReport {
  const [first] = parts as [NthReport];
  const sum = (of: (report: NthReport) => number): number => parts.reduce((total, report) => total + of(report), 0);
  const twists = TWISTS.map((twist) => [twist, sum((report) => report.byTwist[twist])]);
  return {
    ...first,
    runs: sum(({ runs }) => runs),
    byTwist: Object.fromEntries(twists) as NthReport['byTwist'],
    seconds: Math.max(...parts.map(({ seconds }) => seconds)),
    violations: parts.flatMap(({ violations }) => violations),
    bugs: first.bugs && parts.flatMap(({ bugs }) => bugs ?? []),
  };
}

function counted(calls: readonly Call[]): Counted[] {
  const found = new Map<string, Counted>();
  for (const call of calls) {
    const before = found.get(nameOf(call))?.calls ?? 0;
    found.set(nameOf(call), { handler: roleOf(call), kind: call.kind, of: call.of, calls: before + 1 });
  }
  return [...found.values()].sort((a, b) => a.handler.localeCompare(b.handler) || b.calls - a.calls);
}

const byTwist = (all: readonly Case[]): NthReport['byTwist'] =>
  Object.fromEntries(
    TWISTS.map((twist) => [twist, all.filter((one) => one.twist === twist).length]),
  ) as NthReport['byTwist'];

/** For people. */
export function nthLines({ calls, byCall, runs, byTwist: twists, seconds, violations, bugs }: NthReport): string[] {
  const caught = bugs?.filter((one) => one.runs !== null) ?? [];
  return [
    `${calls} calls, ${runs} runs in ${seconds.toFixed(0)} s: ${TWISTS.map((twist) => `${twist} ${twists[twist]}`).join(', ')}`,
    ...byCall.map((one) => `  ${String(one.calls).padStart(4)}  ${one.handler} ${one.kind} ${one.of}`),
    `${violations.length} violations`,
    ...violations.map(
      ({ number, twist, call, invariant, detail }) => `  call ${number} (${call}) ${twist} ${invariant}: ${detail}`,
    ),
    ...(bugs ? [`planted bugs: ${caught.length} of ${bugs.length} caught`, ...bugs.map(bugLine)] : []),
  ];
}

const bugLine = ({ name, runs, invariant }: Bitten): string =>
  `  ${String(runs ?? 'missed').padStart(6)}  ${(invariant ?? '').padEnd(16)} ${name}`;

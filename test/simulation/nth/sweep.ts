import { seamsOf, type PlantedBug } from '../bugs/planted-bug';
import { CallBook, TWISTS, type Call, type Twist } from '../calls';
import { run } from '../run';
import { essenceOf } from './essence';
import { story } from './story';

/** One call of the story that was failed in one way, and what broke. */
export interface Broken {
  readonly number: number;
  readonly twist: Twist;
  readonly call: string;
  readonly invariant: string;
  readonly detail: string;
}

/** The story as it goes when nothing is failed. */
export interface Undisturbed {
  readonly calls: readonly Call[];
  readonly essence: readonly string[];
}

/** One run of the story with one call of it failed. */
export interface Case {
  readonly number: number;
  readonly twist: Twist;
}

export async function undisturbed(bug?: PlantedBug): Promise<Undisturbed> {
  const book = new CallBook();
  const { violations, evidence } = await withBug(bug, () => run(story(), bug && seamsOf(bug), book));
  const [first] = violations;
  if (first) throw new Error(`the story breaks by itself: ${first.invariant}: ${first.detail}`);
  return { calls: book.calls, essence: essenceOf(evidence) };
}

/** Every call in every way, in order. */
export const cases = (calls: number): Case[] =>
  Array.from({ length: calls }, (_, number) => TWISTS.map((twist) => ({ number, twist }))).flat();

/** Runs one case: the checker is content, and it comes to the same as undisturbed. Null: nothing broke. */
export async function runCase(one: Case, { essence, calls }: Undisturbed, bug?: PlantedBug): Promise<Broken | null> {
  const book = new CallBook(one);
  const { violations, evidence } = await withBug(bug, () => run(story(), bug && seamsOf(bug), book));
  const call = nameOf(book.struck ?? calls[one.number]);
  const [first] = violations;
  if (first) return { ...one, call, ...first };
  if (!book.struck) return { ...one, call, invariant: 'nth', detail: `the run had only ${book.calls.length} calls` };
  const detail = difference(essence, essenceOf(evidence));
  return detail === null ? null : { ...one, call, invariant: 'nth', detail };
}

async function withBug<T>(bug: PlantedBug | undefined, work: () => Promise<T>): Promise<T> {
  const undo = bug?.patch?.() ?? ((): void => undefined);
  try {
    return await work();
  } finally {
    undo();
  }
}

function difference(wanted: readonly string[], got: readonly string[]): string | null {
  const at = wanted.findIndex((line, i) => line !== got[i]);
  if (at < 0 && wanted.length === got.length) return null;
  const place = at < 0 ? wanted.length : at;
  return `it came to "${got[place] ?? 'nothing more'}" where undisturbed it is "${wanted[place] ?? 'nothing more'}"`;
}

export const nameOf = (call: Call | undefined): string => (call ? `${roleOf(call)} ${call.kind} ${call.of}` : 'none');

/** Who calls, without the number of the process. */
export const roleOf = ({ process }: Call): string => process.replace(/-\d+$/, '');

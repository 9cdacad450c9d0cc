import { CLASSIFICATION_TYPE, MUTATION_TYPE, type Entries, type Entry, type MutationData } from '@causeway/contracts';
import { Frontier, leafHash, leavesIn, type PublishedEntry } from '@causeway/ledger-core';
import type { Received } from '@causeway/messaging';
import { DatabaseError, type Database, type Tx } from '@causeway/persistence';
import { sha256 } from '@causeway/signing';
import { absentSequence, foldEntry, foldMatch, type Folded } from '../fold/folded';
import { observedIn } from '../fold/observed';
import { recordedOf, type Recorded } from '../fold/recorded';
import { rowOf } from '../fold/summary';
import { targetRowsOf, type TargetRow } from '../fold/target-events';
import {
  insertEntries,
  insertNodes,
  insertTargetRows,
  loadFolded,
  loadFrontier,
  moveHead,
  projectionHead,
  upsertSequences,
  type TreeNode,
} from '../store/projection-store';
import { findMutations } from '../store/mutation-store';
import { insertObserved } from '../store/observation-store';
import { insertUnprojected, type Unprojected } from '../store/unprojected-store';
import { RecentSequences } from './recent-sequences';

/**
 * Takes the ledger topic into tables made for questions: entries, tree nodes, sequences, target histories,
 * mutations and coverage.
 *
 * 1. Gapless: an entry's index is the next one. A smaller one was taken before and is ignored; a larger one is refused loudly, since
 *    every answer after a gap could be wrong.
 * 2. One transaction a part of a batch. What is in memory moves only after its commit.
 * 3. Nothing but the entries goes in, so the same topic gives the same tables.
 * 4. An entry that cannot be projected ends nothing, since it is in the ledger for ever: it is kept as it is, noted, and left out of the
 *    other tables. What is wrong with the database is thrown.
 */
export class Projector {
  private memory: Memory | null = null;
  private readonly recent: RecentSequences;

  constructor(
    private readonly database: Database,
    /** Told after each commit. */
    private readonly onProjected: (projected: Projected) => void,
    /** Told after the commit that notes it. */
    private readonly onUnprojected: (unprojected: Unprojected) => void = () => undefined,
    remembered = 5_000,
  ) {
    this.recent = new RecentSequences(remembered);
  }

  async take(batch: readonly Received<Entry | Entries>[]): Promise<void> {
    try {
      for (const part of inParts(batch)) await this.takePart(part);
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** One that cannot be projected keeps no other one of its part out. */
  private async takePart(part: readonly PublishedEntry[]): Promise<void> {
    if ((await this.problemWith(part)) === null) return;
    for (const one of part) {
      const problem = await this.problemWith([one]);
      if (problem !== null) await this.project([one], problem);
    }
  }

  /** Projects. Why these entries cannot be; null: they are. */
  private async problemWith(part: readonly PublishedEntry[]): Promise<string | null> {
    try {
      await this.project(part);
      return null;
    } catch (error) {
      if (!isAboutEntries(error)) throw error;
      this.forget();
      return error.message;
    }
  }

  /** @param problem why only the entries themselves are kept; null: they are taken into all tables */
  private async project(part: readonly PublishedEntry[], problem: string | null = null): Promise<void> {
    const memory = this.memory ?? (await this.load());
    const entries = nextEntries(part, memory.next);
    if (entries.length === 0) return this.keep(memory);
    const nodes: TreeNode[] = [];
    const frontier = memory.frontier.appendAll(
      entries.map(({ leaf }) => leafHash(sha256, Buffer.from(leaf))),
      (level, index, hash) => nodes.push({ level, index, hash }),
    );
    const next = memory.next + entries.length;
    const changed = await this.database.transaction(async (tx) => {
      if (!(await moveHead(tx, memory.next, next))) throw new HeadMoved();
      await insertEntries(tx, entries);
      await insertNodes(tx, nodes);
      if (problem === null) return this.derive(tx, entries);
      await insertUnprojected(tx, unprojectedOf(entries, problem));
      return new Map<string, Folded>();
    });
    this.keep({ next, frontier });
    this.recent.rememberAll(changed.values());
    this.onProjected({ next, sequenceIds: [...changed.keys()] });
    if (problem !== null) unprojectedOf(entries, problem).forEach(this.onUnprojected);
  }

  /** What is computed of entries, into its tables. Gives the sequences that changed. */
  private async derive(tx: Tx, entries: readonly Recorded[]): Promise<ReadonlyMap<string, Folded>> {
    const sequences = await this.sequencesBefore(tx, entries);
    const mutationOf = await mutationsBehind(tx, entries);
    const { targetRows, rows, observed } = computed(() => ({
      targetRows: foldAll(sequences, entries, mutationOf),
      rows: [...sequences.values()].map(rowOf),
      observed: observedIn(entries),
    }));
    await upsertSequences(tx, rows);
    await insertTargetRows(tx, targetRows);
    await insertObserved(tx, observed);
    return sequences;
  }

  private async sequencesBefore(tx: Tx, entries: readonly Recorded[]): Promise<Map<string, Folded>> {
    const ids = [...new Set(entries.flatMap((entry) => entry.sequenceId ?? matchOf(entry) ?? []))];
    const { found, missing } = this.recent.find(ids);
    for (const folded of await loadFolded(tx, missing)) found.set(folded.sequenceId, folded);
    return found;
  }

  private async load(): Promise<Memory> {
    const { next } = await projectionHead(this.database);
    return { next, frontier: Frontier.restore(sha256, await loadFrontier(this.database, next)) };
  }

  private keep(memory: Memory): void {
    this.memory = memory;
  }

  /** After a failure only the tables are believed. */
  private forget(): void {
    this.memory = null;
    this.recent.clear();
  }
}

/** What a commit brought: everything below `next` is in, and these sequences changed. */
export interface Projected {
  readonly next: number;
  readonly sequenceIds: readonly string[];
}

interface Memory {
  readonly next: number;
  readonly frontier: Frontier;
}

/** What cannot be computed of entries. */
class Uncomputable extends Error {}

function computed<T>(compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    throw new Uncomputable(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** SQLSTATE classes 22 and 23: the data of a row, or rows against each other. With the same entries it fails again for ever. */
const isAboutEntries = (error: unknown): error is Error =>
  error instanceof Uncomputable || (error instanceof DatabaseError && /^2[23]/.test(error.code ?? ''));

const unprojectedOf = (entries: readonly Recorded[], problem: string): Unprojected[] =>
  entries.map(({ index, type }) => ({ index, type, problem }));

/** Another console process with the same tables went on meanwhile: what it took is skipped at the repetition. */
class HeadMoved extends Error {
  readonly retriable = true;
  constructor() {
    super('the projection was moved on by another process; this batch is looked at again');
  }
}

/** Folds entries into the sequences, in order; gives the rows of the targets' histories. */
function foldAll(
  sequences: Map<string, Folded>,
  entries: readonly Recorded[],
  mutationOf: ReadonlyMap<string, MutationData>,
): TargetRow[] {
  const targetRows: TargetRow[] = [];
  for (const entry of entries) {
    foldClass(sequences, entry, mutationOf);
    if (entry.sequenceId === null) continue;
    const before = sequences.get(entry.sequenceId) ?? absentSequence(entry.sequenceId, entry.index);
    const after = foldEntry(before, entry);
    sequences.set(entry.sequenceId, after);
    targetRows.push(...targetRowsOf(before, after, entry));
  }
  return targetRows;
}

/** The sequence to whose step an entry matches a mutation. */
const matchOf = ({ message }: Recorded): string | null =>
  message.type === CLASSIFICATION_TYPE ? (message.data.match?.sequenceId ?? null) : null;

function foldClass(
  sequences: Map<string, Folded>,
  { message, index }: Recorded,
  mutationOf: ReadonlyMap<string, MutationData>,
): void {
  if (message.type !== CLASSIFICATION_TYPE || message.data.match === null) return;
  const folded = sequences.get(message.data.match.sequenceId);
  const mutation = mutationOf.get(message.data.mutation);
  if (folded && mutation) sequences.set(folded.sequenceId, foldMatch(folded, message, mutation, index));
}

/** What the classifications of a batch are about: in the batch itself, or in the tables. */
async function mutationsBehind(tx: Tx, entries: readonly Recorded[]): Promise<ReadonlyMap<string, MutationData>> {
  const known = new Map<string, MutationData>();
  const wanted: string[] = [];
  for (const { message, eventId } of entries) {
    if (message.type === MUTATION_TYPE) known.set(eventId, message.data);
    if (message.type === CLASSIFICATION_TYPE && message.data.match) wanted.push(message.data.mutation);
  }
  const missing = wanted.filter((id) => !known.has(id));
  for (const { id, data } of await findMutations(tx, missing)) known.set(id, data);
  return known;
}

/** Entries of one transaction, about: who reads the topic from its start gets many messages at once, each of dozens. */
const ENTRIES_A_TRANSACTION = 500;

function* inParts(batch: readonly Received<Entry | Entries>[]): Iterable<readonly PublishedEntry[]> {
  let part: PublishedEntry[] = [];
  for (const { message } of batch) {
    part.push(...leavesIn(message));
    if (part.length < ENTRIES_A_TRANSACTION) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

/** Those that are not in yet, in order. */
function nextEntries(part: readonly PublishedEntry[], next: number): Recorded[] {
  const fresh: Recorded[] = [];
  for (const { entry, leaf } of part) {
    const expected = next + fresh.length;
    if (entry.data.index < expected) continue;
    if (entry.data.index > expected) throw new LedgerGap(expected, entry.data.index);
    fresh.push(recordedOf(entry, leaf));
  }
  return fresh;
}

/** The topic went on after a hole. Not retriable: waiting does not bring back what is missing. */
class LedgerGap extends Error {
  constructor(expected: number, found: number) {
    super(
      `the ledger topic goes on with index ${found} where ${expected} must follow: nothing after the gap is taken. ` +
        'If the topic is complete, rebuild the projection (CONSOLE_REBUILD=yes reads it again from its start)',
    );
  }
}

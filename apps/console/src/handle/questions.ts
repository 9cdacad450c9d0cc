import {
  isOver,
  type CheckpointView,
  type EntryItem,
  type EntryWithLeaf,
  type Evidence,
  type Explanation,
  type GateView,
  type InclusionReceipt,
  type Page,
  type QueuedView,
  type SequenceStatus,
  type SequenceSummary,
  type SequenceView,
  type TargetEvent,
} from '@causeway/console-api';
import type { Message } from '@causeway/contracts';
import { leafHash } from '@causeway/ledger-core';
import type { Database } from '@causeway/persistence';
import { sha256 } from '@causeway/signing';
import { explain } from '../fold/explain';
import type { Folded } from '../fold/folded';
import { evidenceEvents, gatesOf } from '../fold/gates';
import { idsBefore, queueOf } from '../fold/queue';
import { rowOf, summaryOf } from '../fold/summary';
import { viewOf } from '../fold/view';
import {
  entriesAfter,
  eventIndices,
  findEntry,
  findFolded,
  findStatus,
  listFolded,
  newestCheckpoint,
  sequenceEntriesAfter,
  sequenceEntriesBefore,
  targetEventsAfter,
  targetEventsBefore,
  type EntryRow,
} from '../store/question-store';
import { loadFolded } from '../store/projection-store';
import { findSubmission, type TimedSubmission } from '../store/submission-store';
import { cursorOf, positionsIn } from './cursor';
import { consistencyReceipt, evidenceOf, inclusionReceipt } from './receipts';
import { Refused } from './refused';

/** Most sequences before one that an explanation names. */
const MOST_QUEUED = 50;

/** Above every ledger index. */
const BEYOND_ALL = Number.MAX_SAFE_INTEGER;

/** Which page of a history. The cursor is of a page in the same order. */
export interface PageAsked {
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly newestFirst: boolean;
}

/** What people ask, answered from the tables. Every answer about a sequence or the ledger is as of a ledger position. */
export class Questions {
  constructor(
    private readonly database: Database,
    /** Unix milliseconds. */
    private readonly now: () => number,
  ) {}

  /** The sequence in full. Known to nobody but this console yet: `submitted`. Refuses an unknown id. */
  async sequence(id: string): Promise<SequenceView> {
    const folded = await findFolded(this.database, id);
    if (folded) return viewOf(folded, this.now());
    const submission = await findSubmission(this.database, id);
    if (submission) return submittedView(submission);
    throw new Refused(404, 'sequence-not-found', `There is no sequence ${id} in the ledger or on its way.`);
  }

  /** Whether its last fact is stored. */
  async isOver(id: string): Promise<boolean> {
    const status = await findStatus(this.database, id);
    return status !== null && isOver(status);
  }

  async explain(id: string, step: string | null): Promise<Explanation> {
    const folded = await findFolded(this.database, id);
    const view = folded ? viewOf(folded, this.now()) : await this.sequence(id);
    if (step !== null && !view.steps.some((one) => one.id === step)) {
      const names = view.steps.map((one) => one.id).join(', ') || 'none';
      throw new Refused(404, 'step-not-found', `Sequence ${id} has no step ${step}. Its steps: ${names}.`);
    }
    return explain(view, folded ? await this.gates(folded) : [], step, await this.queueBefore(view));
  }

  /** Everybody before it, as far as the line of those before reaches. */
  private async queueBefore(view: SequenceView): Promise<QueuedView[]> {
    const seen = new Map<string, SequenceView>();
    for (let ids = idsBefore(view); ids.length > 0 && seen.size < MOST_QUEUED;) {
      const found = (await loadFolded(this.database, ids)).map((folded) => viewOf(folded, this.now()));
      for (const one of found) seen.set(one.id, one);
      ids = [...new Set(found.flatMap(idsBefore))].filter((id) => !seen.has(id));
    }
    return queueOf([...seen.values()]).slice(0, MOST_QUEUED);
  }

  private async gates(folded: Folded): Promise<GateView[]> {
    const ids = evidenceEvents(folded);
    return gatesOf(folded, await eventIndices(this.database, folded.sequenceId, ids));
  }

  async sequences(
    status: SequenceStatus | null,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<SequenceSummary>> {
    const before = positionsIn(cursor, 1)?.[0] ?? null;
    const found = await listFolded(this.database, { status, before, limit: limit + 1 });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map((folded) => summaryOf(rowOf(folded))),
      nextCursor: found.length > limit && last ? cursorOf(last.firstIndex) : null,
    };
  }

  async history(id: string, { limit, cursor, newestFirst }: PageAsked): Promise<Page<EntryItem>> {
    const from = positionsIn(cursor, 1)?.[0] ?? (newestFirst ? BEYOND_ALL : -1);
    const read = newestFirst ? sequenceEntriesBefore : sequenceEntriesAfter;
    const rows = (await read(this.database, id, from, limit + 1)).map(itemOf);
    if (rows.length === 0 && cursor === undefined) await this.sequence(id);
    return pageOf(rows, limit);
  }

  async targetHistory(target: string, { limit, cursor, newestFirst }: PageAsked): Promise<Page<TargetEvent>> {
    const [index = newestFirst ? BEYOND_ALL : -1, ordinal = 0] = positionsIn(cursor, 2) ?? [];
    const read = newestFirst ? targetEventsBefore : targetEventsAfter;
    const found = await read(this.database, target, { index, ordinal }, limit + 1);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(({ ordinal: _ordinal, ...event }) => event),
      nextCursor: found.length > limit && last ? cursorOf(Number(last.index), last.ordinal) : null,
    };
  }

  /** @param after -1: from the first */
  async entries(after: number, limit: number): Promise<EntryItem[]> {
    return (await entriesAfter(this.database, after, limit)).map(itemOf);
  }

  async sequenceEntries(id: string, after: number, limit: number): Promise<EntryItem[]> {
    return (await sequenceEntriesAfter(this.database, id, after, limit)).map(itemOf);
  }

  async entry(index: number): Promise<EntryWithLeaf> {
    const row = await findEntry(this.database, index);
    if (!row) throw new Refused(404, 'entry-not-found', `There is no ledger entry ${index} yet.`);
    const hash = Buffer.from(leafHash(sha256, Buffer.from(row.leaf))).toString('hex');
    return { ...itemOf(row), leaf: row.leaf, leafHash: hash };
  }

  inclusion(index: number): Promise<InclusionReceipt> {
    return inclusionReceipt(this.database, index);
  }

  evidence(indices: readonly number[]): Promise<Evidence> {
    return evidenceOf(this.database, indices);
  }

  consistency(from: number): ReturnType<typeof consistencyReceipt> {
    return consistencyReceipt(this.database, from);
  }

  async checkpoint(): Promise<CheckpointView> {
    const row = await newestCheckpoint(this.database);
    if (!row) throw new Refused(404, 'no-checkpoint', 'The ledger has not published a checkpoint yet.');
    return row;
  }
}

const pageOf = (rows: readonly EntryItem[], limit: number): Page<EntryItem> => {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? cursorOf(Number(last.index)) : null };
};

function itemOf(row: EntryRow): EntryItem {
  const entry = JSON.parse(row.leaf) as { readonly time: string; readonly data: { readonly value: string } };
  return {
    index: row.index,
    recordedAt: entry.time,
    eventId: row.event_id,
    type: row.type,
    topic: row.topic,
    sequenceId: row.sequence_id,
    step: row.step,
    message: JSON.parse(entry.data.value) as Message & EntryItem['message'],
  };
}

const submittedView = (submission: TimedSubmission): SequenceView => ({
  id: submission.sequenceId,
  status: 'submitted',
  key: submission.key,
  mode: submission.mode,
  plan: submission.plan,
  publisher: 'console',
  requestedBy: submission.requestedBy,
  waitingFor: null,
  waitingSince: null,
  diverged: false,
  startedAt: submission.requestedAt,
  endedAt: null,
  planDigest: submission.planDigest,
  reason: null,
  environment: null,
  epoch: null,
  version: 0,
  asOf: null,
  steps: [],
  holds: [],
  begun: false,
  aborting: false,
  aborted: null,
  claim: null,
  mutations: [],
  rejection: null,
  fault: null,
});

import {
  PROBE_TYPE,
  WATCH_END_TYPE,
  WATCH_TYPE,
  type Message,
  type ProbeRequest,
  type WatchRequest,
} from '@causeway/contracts';
import type { Clock } from '@causeway/host';
import type { Draft, OutboxRow, OutboxStore, Received, Relay, Sealed } from '@causeway/messaging';
import { DatabaseError, firstOf, inTurn, type Attempt, type Database, type Tx } from '@causeway/persistence';
import { instantReadings } from '../look/instant';
import { isInstant, type LookSources } from '../look/plan-looks';
import { readingDraft, type OpenProbe } from '../probe/open-probe';
import { insertProbes, openProbes, type NewProbe } from '../store/open-probes';
import { endWatches, insertWatches, openWatches, type NewWatch } from '../store/open-watches';
import type { OpenWatch } from '../watch/open-watch';

export interface TakePorts {
  readonly database: Database;
  readonly outbox: OutboxStore<Tx>;
  readonly relay: Pick<Relay, 'enqueue'>;
  readonly sources: LookSources;
  readonly clock: Clock;
  /**
   * Of these message ids, those that were never taken. Throws when another prober has taken this one's place: then nothing of the
   * transaction may stay.
   */
  claimInbox(tx: Tx, ids: readonly string[], attempt: Attempt): Promise<ReadonlySet<string>>;
  seal(drafts: readonly Draft[]): Sealed[];
  /** Begins to look. Given twice, a probe is looked at once. */
  look(probes: readonly OpenProbe[]): void;
  /** Begins to watch, or to end it. Given twice, a watch is there once. */
  follow(watches: readonly OpenWatch[]): void;
}

/**
 * Takes what the sequencer asks to look at: one transaction a batch with the inbox, a row for every probe and watch, and the
 * readings of those that are answered at once. Looking begins after the commit, outside of this call, so no look ever holds
 * up a partition.
 */
export async function takeRequests(received: readonly Received[], ports: TakePorts): Promise<void> {
  const { opened, followed, rows } = await takeAsNew(received, ports).catch((error: unknown) => {
    if (!isRepeated(error)) throw error;
    return ports.database.transaction((tx) => takeUnseen(tx, received, ports), { safeToRepeat: true });
  });
  ports.relay.enqueue(rows);
  ports.look(opened);
  ports.follow(followed);
}

/** What a batch leaves. */
interface Taken {
  readonly opened: readonly OpenProbe[];
  readonly followed: readonly OpenWatch[];
  readonly rows: OutboxRow[];
}

/** Something of the batch was taken before: nothing of a try that took all of it for new may stay. */
class TakenBefore extends Error {}
const UNIQUE_VIOLATION = '23505';
const isRepeated = (error: unknown): boolean =>
  error instanceof TakenBefore || (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION);

/** As most batches are: inbox and effects in one round trip. */
function takeAsNew(received: readonly Received[], ports: TakePorts): Promise<Taken> {
  const ids = new Set(received.map(({ message }) => message.id));
  const fresh = firstOf(received, ids).map(({ message }) => message);
  const replies = answers(fresh, ports);
  const take = async (tx: Tx): Promise<Taken> => {
    const claimed = ports.claimInbox(tx, [...ids], attemptOf(received));
    const [unseen, taken] = await inTurn([claimed, write(tx, received, fresh, replies, ports)] as const);
    if (unseen.size < ids.size) throw new TakenBefore('not all of the batch is new');
    return taken;
  };
  return ports.database.transaction(take, { safeToRepeat: true });
}

async function takeUnseen(tx: Tx, received: readonly Received[], ports: TakePorts): Promise<Taken> {
  const ids = received.map(({ message }) => message.id);
  const unseen = await ports.claimInbox(tx, ids, attemptOf(received));
  const fresh = firstOf(received, unseen).map(({ message }) => message);
  return write(tx, received, fresh, answers(fresh, ports), ports);
}

/** Started together, the statements share one round trip. */
async function write(
  tx: Tx,
  received: readonly Received[],
  fresh: readonly Message[],
  replies: readonly Sealed[],
  { outbox, sources }: TakePorts,
): Promise<Taken> {
  const lasting = fresh.filter(isProbe).filter(({ data }) => !isInstant(data, sources));
  const [opened, before, followed, rows] = await inTurn([
    insertProbes(tx, lasting.map(newProbe)),
    openBefore(tx, received, fresh),
    takeWatches(tx, received, fresh),
    outbox.insert(tx, replies),
  ] as const);
  return { opened: [...opened, ...before], followed, rows };
}

const isProbe = (message: Message): message is ProbeRequest => message.type === PROBE_TYPE;

const attemptOf = (received: readonly Received[]): Attempt => ({
  tried: 'take',
  sequenceIds: received.flatMap(({ message }) => ('sequenceId' in message.data ? (message.data.sequenceId ?? []) : [])),
});

/**
 * A batch may be handed over again after a commit whose outcome was not known. Its probes are in the table then but nobody
 * looks at them yet.
 */
async function openBefore(tx: Tx, received: readonly Received[], fresh: readonly Message[]): Promise<OpenProbe[]> {
  const ids = new Set(fresh.map(({ id }) => id));
  if (ids.size === received.length) return [];
  const seen = received.map(({ message }) => message.id).filter((id) => !ids.has(id));
  return openProbes(tx, seen);
}

/** Every watch that the batch speaks of and that is open, whether new or not: see {@link openBefore}. */
async function takeWatches(tx: Tx, received: readonly Received[], fresh: readonly Message[]): Promise<OpenWatch[]> {
  const asked = fresh.filter((message) => message.type === WATCH_TYPE);
  const ended = fresh.filter((message) => message.type === WATCH_END_TYPE);
  const endedIds = ended.map(({ data }) => data.watchId);
  const spokenOf = received.flatMap(({ message }) => watchIdOf(message));
  const [, , open] = await inTurn([
    insertWatches(tx, asked.map(newWatch)),
    endWatches(tx, endedIds),
    openWatches(tx, spokenOf),
  ] as const);
  return open;
}

function watchIdOf(message: Message): string[] {
  if (message.type === WATCH_TYPE) return [message.id];
  return message.type === WATCH_END_TYPE ? [message.data.watchId] : [];
}

const newProbe = ({ id, correlationId, data }: ProbeRequest): NewProbe => ({
  probeId: id,
  correlationId,
  request: data,
});

const newWatch = ({ id, correlationId, data }: WatchRequest): NewWatch => ({
  watchId: id,
  correlationId,
  request: data,
});

/** Of those that are answered at once. */
function answers(fresh: readonly Message[], { clock, seal, sources }: TakePorts): Sealed[] {
  const instant = fresh.filter(isProbe).filter(({ data }) => isInstant(data, sources));
  const takenAt = new Date(clock.now()).toISOString();
  const drafts = instant.map((request) =>
    readingDraft({
      probe: newProbe(request),
      round: 1,
      readings: instantReadings(request.data, takenAt),
      sinceAskedMs: 0,
      last: true,
    }),
  );
  return drafts.length > 0 ? seal(drafts) : [];
}

import {
  PROBE_TYPE,
  WATCH_END_TYPE,
  WATCH_TYPE,
  type Message,
  type ProbeRequest,
  type WatchRequest,
} from '@causeway/contracts';
import type { Clock } from '@causeway/host';
import type { Draft, OutboxStore, Received, Relay, Sealed } from '@causeway/messaging';
import { unseen, type Attempt, type Database, type Tx } from '@causeway/persistence';
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
  /** Throws when another prober has taken this one's place: then nothing of the transaction may stay. */
  mustHold(tx: Tx, attempt: Attempt): Promise<void>;
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
  const take = async (tx: Tx) => {
    const [unknown] = await Promise.all([unseen(tx, received), ports.mustHold(tx, attemptOf(received))]);
    const fresh = unknown.map(({ message }) => message);
    const probes = fresh.filter((message) => message.type === PROBE_TYPE);
    const instant = probes.filter(({ data }) => isInstant(data, ports.sources));
    const lasting = probes.filter(({ data }) => !isInstant(data, ports.sources));
    return {
      opened: [...(await insertProbes(tx, lasting.map(newProbe))), ...(await openBefore(tx, received, fresh))],
      followed: await takeWatches(tx, received, fresh),
      rows: await ports.outbox.insert(tx, answers(instant, ports)),
    };
  };
  const { opened, followed, rows } = await ports.database.transaction(take, { safeToRepeat: true });
  ports.relay.enqueue(rows);
  ports.look(opened);
  ports.follow(followed);
}

const attemptOf = (received: readonly Received[]): Attempt => ({
  tried: 'take',
  sequenceIds: received.flatMap(({ message }) => ('sequenceId' in message.data ? (message.data.sequenceId ?? []) : [])),
});

/**
 * A batch may be handed over again after a commit whose outcome was not known. Its probes are in the table then but nobody
 * looks at them yet.
 */
async function openBefore(tx: Tx, received: readonly Received[], fresh: readonly Message[]): Promise<OpenProbe[]> {
  if (fresh.length === received.length) return [];
  const ids = new Set(fresh.map(({ id }) => id));
  const seen = received.map(({ message }) => message.id).filter((id) => !ids.has(id));
  return openProbes(tx, seen);
}

/** Every watch that the batch speaks of and that is open, whether new or not: see {@link openBefore}. */
async function takeWatches(tx: Tx, received: readonly Received[], fresh: readonly Message[]): Promise<OpenWatch[]> {
  const asked = fresh.filter((message) => message.type === WATCH_TYPE);
  const ended = fresh.filter((message) => message.type === WATCH_END_TYPE);
  await insertWatches(tx, asked.map(newWatch));
  await endWatches(
    tx,
    ended.map(({ data }) => data.watchId),
  );
  return openWatches(
    tx,
    received.flatMap(({ message }) => watchIdOf(message)),
  );
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

function answers(requests: readonly ProbeRequest[], { clock, seal }: TakePorts): Sealed[] {
  const takenAt = new Date(clock.now()).toISOString();
  const drafts = requests.map((request) =>
    readingDraft({
      probe: newProbe(request),
      round: 1,
      readings: instantReadings(request.data, takenAt),
      last: true,
    }),
  );
  return drafts.length > 0 ? seal(drafts) : [];
}

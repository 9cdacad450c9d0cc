import { PROBE_TYPE, type ProbeRequest } from '@causeway/contracts';
import type { Clock } from '@causeway/host';
import type { Draft, OutboxStore, Received, Relay, Sealed } from '@causeway/messaging';
import { unseen, type Database, type Tx } from '@causeway/persistence';
import { instantReadings } from '../look/instant';
import { insertProbes, openProbes, type NewProbe } from '../store/open-probes';
import { readingDraft, type OpenProbe } from './open-probe';
import { isInstant, type LookSources } from './plan-looks';

export interface TakePorts {
  readonly database: Database;
  readonly outbox: OutboxStore<Tx>;
  readonly relay: Pick<Relay, 'enqueue'>;
  readonly sources: LookSources;
  readonly clock: Clock;
  seal(drafts: readonly Draft[]): Sealed[];
  /** Begins to look. Given twice, a probe is looked at once. */
  watch(probes: readonly OpenProbe[]): void;
}

/**
 * Takes probe requests: one transaction a batch with the inbox, a row for every probe to look at, and the readings of those
 * that are answered at once. Looking begins after the commit, outside of this call, so no look ever holds up a partition.
 */
export async function takeProbes(received: readonly Received[], ports: TakePorts): Promise<void> {
  const take = async (tx: Tx) => {
    const fresh = (await unseen(tx, received)).flatMap(({ message }) => (message.type === PROBE_TYPE ? [message] : []));
    const instant = fresh.filter(({ data }) => isInstant(data, ports.sources));
    const lasting = fresh.filter(({ data }) => !isInstant(data, ports.sources));
    return {
      opened: [...(await insertProbes(tx, lasting.map(newProbe))), ...(await openBefore(tx, received, fresh))],
      rows: await ports.outbox.insert(tx, answers(instant, ports)),
    };
  };
  const { opened, rows } = await ports.database.transaction(take, { safeToRepeat: true });
  ports.relay.enqueue(rows);
  ports.watch(opened);
}

/**
 * A batch may be handed over again after a commit whose outcome was not known. Its probes are in the table then but nobody
 * looks at them yet.
 */
async function openBefore(tx: Tx, received: readonly Received[], fresh: readonly ProbeRequest[]): Promise<OpenProbe[]> {
  if (fresh.length === received.length) return [];
  const ids = new Set(fresh.map(({ id }) => id));
  const seen = received.map(({ message }) => message.id).filter((id) => !ids.has(id));
  return openProbes(tx, seen);
}

const newProbe = ({ id, correlationId, data }: ProbeRequest): NewProbe => ({
  probeId: id,
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

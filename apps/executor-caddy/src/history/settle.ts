/**
 * Which of the requested writes were taken. Pure: the log's events come in, in their order.
 *
 * 1. Caddy changes its configuration one write at a time, and each write ends in one line: taken, unchanged, or an error.
 * 2. Those lines do not name their write. Where one write was under way it is certain; where several were, only what every
 *    reading of the lines agrees on is said.
 * 3. A write counts as refused only when that is certain: rather one too many is told than one too few.
 */
import type { AdminRequest, LogEvent } from './log-line';

/** `taken` null: the log does not tell. `changed` null: nor whether it changed anything. */
export interface Write {
  readonly request: AdminRequest;
  readonly taken: boolean | null;
  readonly changed: boolean | null;
}

/** `resumed`: with the configuration that it had. */
export type Settled =
  ({ readonly kind: 'write' } & Write) | { readonly kind: 'started'; readonly atMs: number; readonly resumed: boolean };

export interface Settling {
  readonly settled: Settled[];
  /** How many of the events are settled; the rest is under way. */
  readonly upTo: number;
}

type Ending = Exclude<LogEvent, { kind: 'request' | 'resuming' | 'started' }>;

/** Writes that overlapped, with the lines of how they ended. */
interface Cluster {
  readonly writes: AdminRequest[];
  readonly endings: Ending[];
}

/** @param giveUp whether what has not ended by now is settled as not told */
export function settle(events: readonly LogEvent[], giveUp: boolean): Settling {
  const settled: Settled[] = [];
  const recent = new RecentReads();
  let cluster: Cluster = { writes: [], endings: [] };
  let upTo = 0;
  let resumed = false;
  const close = (): void => {
    settled.push(...settleCluster(cluster));
    cluster = { writes: [], endings: [] };
  };
  for (const [index, event] of events.entries()) {
    if (event.kind === 'resuming') resumed = true;
    else if (event.kind === 'started') {
      close();
      settled.push({ ...event, resumed });
      resumed = false;
    } else if (event.kind !== 'request') {
      if (recent.endsAWrite(event, cluster)) cluster.endings.push(event);
    } else if (isWrite(event.request)) cluster.writes.push(event.request);
    else recent.add(event.request);
    if (cluster.endings.length < cluster.writes.length) continue;
    close();
    upTo = index + 1;
  }
  if (!giveUp) return { settled, upTo };
  close();
  return { settled, upTo: events.length };
}

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

export const isWrite = ({ method, uri }: AdminRequest): boolean =>
  WRITES.has(method) && /^\/(id|config|load)(\/|\?|$)/.test(uri);

/** Errors that only a write can have. */
const OF_WRITES = /^(loading|decoding|If-Match)/;
const UNKNOWN_ID = /^unknown object ID '([^']*)'/;
/** A request that changes nothing has failed by then, if it fails, milliseconds. */
const FAILS_WITHIN_MS = 2_000;

/** Errors can also be those of requests that change nothing. Where that may be so, an error ends no write. */
class RecentReads {
  /** Looks at objects by their id are many; the only error that they have names it. */
  private lastOddMs = -Infinity;

  add({ uri, atMs }: AdminRequest): void {
    if (!uri.startsWith('/id/')) this.lastOddMs = atMs;
  }

  endsAWrite(event: Ending, { writes }: Cluster): boolean {
    if (writes.length === 0) return false;
    if (event.kind === 'taken' || OF_WRITES.test(event.text)) return true;
    if (UNKNOWN_ID.test(event.text)) return writes.some(fitting(event));
    return event.atMs - this.lastOddMs > FAILS_WITHIN_MS;
  }
}

function settleCluster({ writes, endings }: Cluster): Settled[] {
  const errors = endings.flatMap((ending) => (ending.kind === 'error' ? [ending] : []));
  const taken = endings.flatMap((ending) => (ending.kind === 'taken' ? [ending] : []));
  const outcomes = outcomesOf(writes, errors);
  const left = writes.filter((write) => outcomes.get(write) === undefined);
  const complete = left.length === taken.length;
  const changed = [...new Set(taken.map((one) => one.changed))];
  const known = complete && changed.length === 1 ? (changed[0] as boolean) : null;
  return writes.map((request) => {
    const outcome = outcomes.get(request);
    if (outcome !== undefined) return { kind: 'write', request, taken: outcome, changed: null };
    return { kind: 'write', request, taken: complete ? true : null, changed: known };
  });
}

type WriteError = Extract<Ending, { kind: 'error' }>;

/**
 * For the writes that an error may belong to: false, certainly refused; null, perhaps. Errors that fit few writes come first: what
 * they take is no candidate for the others.
 */
function outcomesOf(writes: readonly AdminRequest[], errors: readonly WriteError[]): Map<AdminRequest, false | null> {
  const outcomes = new Map<AdminRequest, false | null>();
  for (const alike of [errors.filter(isPrecondition), errors.filter(isUnknownId), errors.filter(isOther)]) {
    const candidates = writes.filter(
      (write) => outcomes.get(write) !== false && alike.some((one) => fitting(one)(write)),
    );
    for (const write of candidates) outcomes.set(write, alike.length >= candidates.length ? false : null);
  }
  return outcomes;
}

const isPrecondition = ({ status }: WriteError): boolean => status === 412;
const isUnknownId = ({ text }: WriteError): boolean => UNKNOWN_ID.test(text);
const isOther = (error: WriteError): boolean => !isPrecondition(error) && !isUnknownId(error);

function fitting(error: WriteError): (write: AdminRequest) => boolean {
  if (isPrecondition(error)) return ({ conditional }) => conditional;
  const id = UNKNOWN_ID.exec(error.text)?.[1];
  return id === undefined ? () => true : ({ uri }) => idOf(uri) === id;
}

const idOf = (uri: string): string | undefined => uri.split('?')[0]?.split('/')[2];

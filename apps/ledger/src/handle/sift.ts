import {
  LogDisagrees,
  placeName,
  type Arrival,
  type Duplicate,
  type EventArrival,
  type LogStore,
  type ParkedArrival,
  type Place,
} from './ports';

/** What of a batch is new, and what was seen before. */
export interface Sifted {
  readonly events: EventArrival[];
  readonly duplicates: EventArrival[];
  readonly parked: ParkedArrival[];
  /** Delivered again from the very place that is accounted for in the tables, or with this very batch: changes nothing. */
  readonly again: Arrival[];
}

/** What the sieve must know of the log. */
export interface SieveView {
  /** Whether the event is in the log, as far as memory knows. */
  isIn(eventId: string): boolean;
  /** The event that waits under this id. */
  waits(eventId: string): EventArrival | undefined;
}

/**
 * Tells new messages from repeated ones. Per partition the highest offset met is kept: above it a place cannot have been
 * met, so only re-deliveries ask the database.
 */
export class Sieve {
  /** By topic, then by partition. */
  private readonly highest = new Map<string, number[]>();

  constructor(private readonly store: Pick<LogStore, 'knownPlaces'>) {}

  /** Places up to this one may be accounted for. */
  reached(topic: string, partition: number, offset: string): void {
    this.isBeyond({ topic, partition, offset });
  }

  async sift(arrivals: readonly Arrival[], view: SieveView): Promise<Sifted> {
    const sifted: Sifted = { events: [], duplicates: [], parked: [], again: [] };
    const known = await this.knownOf(arrivals);
    const inBatch = new Map<string, EventArrival>();
    const before = new PlacesBefore(arrivals);
    for (const [i, arrival] of arrivals.entries()) {
      const name = this.isBeyond(arrival.place) ? null : placeName(arrival.place);
      const recorded = name === null ? undefined : known.has(name) ? known.get(name) : before.heldBy(name, i);
      if (recorded !== undefined) mustBeSame(arrival, recorded);
      if (name !== null && known.has(name)) sifted.again.push(arrival);
      else siftOne(arrival, { view, inBatch, sifted, isRepeated: recorded !== undefined });
    }
    return sifted;
  }

  /** Whether a place is above all that were met in its partition; from then on it is the highest. */
  private isBeyond({ topic, partition, offset }: Place): boolean {
    const ofTopic = this.highest.get(topic) ?? [];
    if (ofTopic.length === 0) this.highest.set(topic, ofTopic);
    const at = Number(offset);
    if (at <= (ofTopic[partition] ?? -1)) return false;
    ofTopic[partition] = at;
    return true;
  }

  private async knownOf(arrivals: readonly Arrival[]): Promise<Map<string, string | null>> {
    const suspects = arrivals.filter(
      ({ place }) => Number(place.offset) <= (this.highest.get(place.topic)?.[place.partition] ?? -1),
    );
    if (suspects.length === 0) return new Map();
    return this.store.knownPlaces(suspects.map(({ place }) => place));
  }
}

/** The places that come earlier in a batch; noted only as far as somebody asks, since repetitions are rare. */
class PlacesBefore {
  private readonly held = new Map<string, string | null>();
  private upTo = 0;

  constructor(private readonly arrivals: readonly Arrival[]) {}

  /** The event id met at the place before `end`, null for one that was parked, undefined for none; ends only grow. */
  heldBy(name: string, end: number): string | null | undefined {
    for (; this.upTo < end; this.upTo++) {
      const arrival = this.arrivals[this.upTo] as Arrival;
      this.held.set(placeName(arrival.place), arrival.kind === 'event' ? arrival.id : null);
    }
    return this.held.get(name);
  }
}

interface Sifting {
  readonly view: SieveView;
  readonly inBatch: Map<string, EventArrival>;
  readonly sifted: Sifted;
  /** Whether the same place came earlier in the batch. */
  readonly isRepeated: boolean;
}

function siftOne(arrival: Arrival, sifting: Sifting): void {
  const { sifted, isRepeated } = sifting;
  if (arrival.kind === 'event') siftEvent(arrival, sifting);
  else if (isRepeated) sifted.again.push(arrival);
  else sifted.parked.push(arrival);
}

function siftEvent(arrival: EventArrival, { view, inBatch, sifted, isRepeated }: Sifting): void {
  const first = view.waits(arrival.id) ?? inBatch.get(arrival.id);
  if (first && placeName(first.place) === placeName(arrival.place)) {
    // Nothing is durable before the first is: it may wait for a cause yet. Both deliveries are answered with it.
    first.tickets.push(...arrival.tickets);
  } else if (isRepeated) {
    sifted.again.push(arrival);
  } else if (first || view.isIn(arrival.id)) {
    sifted.duplicates.push(arrival);
  } else {
    inBatch.set(arrival.id, arrival);
    sifted.events.push(arrival);
  }
}

/**
 * The same place must hold the same message for ever. When it does not, the topic lost its data, or is of a generation that was not met
 * yet, and taking its messages for re-deliveries would lose them silently.
 */
function mustBeSame(arrival: Arrival, recorded: string | null): void {
  if (arrival.kind === 'event' && typeof recorded === 'string' && recorded !== arrival.id) {
    throw new LogDisagrees(
      `${placeName(arrival.place)} held event ${recorded} when it was recorded and holds ${arrival.id} now: ` +
        'its data was lost, or the topic was made anew a moment ago (then the next start notes a new generation of it), or on a ' +
        'broker that names no topic ids (then give the new topics a prefix or a database of their own)',
    );
  }
}

export const duplicateOf = ({ place, id, received }: EventArrival): Duplicate => ({
  place,
  eventId: id,
  digest: received.digest,
});

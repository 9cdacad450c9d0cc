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
  /** Delivered again from the very place that is accounted for: changes nothing. */
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
      if (name !== null && (known.has(name) || before.has(name, i)))
        sifted.again.push(mustBeSame(arrival, known.get(name)));
      else if (arrival.kind === 'parked') sifted.parked.push(arrival);
      else siftEvent(arrival, view, inBatch, sifted);
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

/** Names of the places that come earlier in a batch; made only as far as somebody asks, since repetitions are rare. */
class PlacesBefore {
  private readonly names = new Set<string>();
  private upTo = 0;

  constructor(private readonly arrivals: readonly Arrival[]) {}

  /** Whether the place is one of those before `end`; ends only grow. */
  has(name: string, end: number): boolean {
    for (; this.upTo < end; this.upTo++) this.names.add(placeName((this.arrivals[this.upTo] as Arrival).place));
    return this.names.has(name);
  }
}

function siftEvent(arrival: EventArrival, view: SieveView, inBatch: Map<string, EventArrival>, sifted: Sifted): void {
  const first = view.waits(arrival.id) ?? inBatch.get(arrival.id);
  if (first && placeName(first.place) === placeName(arrival.place)) {
    // Delivered again while it waits: both deliveries are answered when it is in.
    first.tickets.push(...arrival.tickets);
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
function mustBeSame(arrival: Arrival, recorded: string | null | undefined): Arrival {
  if (arrival.kind === 'event' && typeof recorded === 'string' && recorded !== arrival.id) {
    throw new LogDisagrees(
      `${placeName(arrival.place)} held event ${recorded} when it was recorded and holds ${arrival.id} now: ` +
        'its data was lost, or the topic was made anew a moment ago (then the next start notes a new generation of it), or on a ' +
        'broker that names no topic ids (then give the new topics a prefix or a database of their own)',
    );
  }
  return arrival;
}

export const duplicateOf = ({ place, id, received }: EventArrival): Duplicate => ({
  place,
  eventId: id,
  digest: received.digest,
});

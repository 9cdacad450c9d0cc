import {
  LogDisagrees,
  partitionName,
  placeName,
  type Arrival,
  type Duplicate,
  type EventArrival,
  type LogStore,
  type ParkedArrival,
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
  private readonly highest = new Map<string, number>();

  constructor(private readonly store: Pick<LogStore, 'knownPlaces'>) {}

  /** Places up to this one may be accounted for. */
  reached(topic: string, partition: number, offset: string): void {
    const name = partitionName({ topic, partition });
    this.highest.set(name, Math.max(this.highest.get(name) ?? -1, Number(offset)));
  }

  async sift(arrivals: readonly Arrival[], view: SieveView): Promise<Sifted> {
    const sifted: Sifted = { events: [], duplicates: [], parked: [], again: [] };
    const known = await this.knownOf(arrivals);
    const inBatch = new Map<string, EventArrival>();
    const places = new Set<string>();
    for (const arrival of arrivals) {
      const name = placeName(arrival.place);
      if (places.has(name) || known.has(name)) sifted.again.push(mustBeSame(arrival, known.get(name)));
      else if (arrival.kind === 'parked') sifted.parked.push(arrival);
      else siftEvent(arrival, view, inBatch, sifted);
      places.add(name);
      this.reached(arrival.place.topic, arrival.place.partition, arrival.place.offset);
    }
    return sifted;
  }

  private async knownOf(arrivals: readonly Arrival[]): Promise<Map<string, string | null>> {
    const suspects = arrivals.filter(
      ({ place }) => Number(place.offset) <= (this.highest.get(partitionName(place)) ?? -1),
    );
    if (suspects.length === 0) return new Map();
    return this.store.knownPlaces(suspects.map(({ place }) => place));
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

import type { DeadLetterData } from '@causeway/contracts';
import type { FrontierState } from '@causeway/ledger-core';
import type { Received } from '@causeway/messaging';
import type { Waitable } from './cause-room';

/** Where a message lay: one position of one topic partition. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  /** Decimal. */
  readonly offset: string;
}

export const placeName = ({ topic, partition, offset }: Place): string => `${topic}/${partition}/${offset}`;
export const partitionName = ({ topic, partition }: Omit<Place, 'offset'>): string => `${topic}/${partition}`;

/** A batch from the broker; `accepted` is called once all its messages are durable here, in whatever table. */
export interface Ticket {
  left: number;
  readonly accepted: () => void;
}

/** A message that passed the door, on its way to an index. */
export interface EventArrival extends Waitable {
  readonly kind: 'event';
  readonly place: Place;
  readonly received: Received;
  readonly tickets: Ticket[];
}

/** A place whose message no handler may see. Its dead letter is sent already and comes back as an event of its own. */
export interface ParkedArrival {
  readonly kind: 'parked';
  readonly place: Place;
  readonly deadLetter: DeadLetterData;
  readonly tickets: Ticket[];
}

export type Arrival = EventArrival | ParkedArrival;

/** An entry with its bytes, as stored, hashed and published. */
export interface MadeEntry {
  readonly index: number;
  readonly arrival: EventArrival;
  /** UTF-8 text of the leaf: canonical JSON on one line. */
  readonly text: string;
  readonly bytes: Buffer;
  readonly leafHash: Uint8Array;
}

/** The log after a batch: what is stored as a head row and published as a checkpoint. */
export interface Head {
  /** Entries covered. */
  readonly size: number;
  readonly root: Uint8Array;
  readonly frontier: FrontierState;
  /** Signed note. */
  readonly note: string;
}

/** A message under an event id that is in the log (or about to be) from another place. */
export interface Duplicate {
  readonly place: Place;
  readonly eventId: string;
  /** SHA-256 of its value, hex. */
  readonly digest: string;
}

/** All that one transaction writes. */
export interface Batch {
  readonly epoch: number;
  /** RFC 3339. */
  readonly at: string;
  readonly entries: readonly MadeEntry[];
  /** Null when there are no entries. */
  readonly head: Head | null;
  readonly duplicates: readonly Duplicate[];
  readonly parked: readonly DeadLetterData[];
  /** Events that have waited so long that their place is remembered here, and the broker's offset may go on. */
  readonly waiting: readonly EventArrival[];
}

/** An entry as read back. */
export interface StoredEntry {
  readonly index: number;
  readonly eventId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly type: string;
  readonly leafHash: Buffer;
  readonly text: string;
}

export interface StoredHead extends Head {
  readonly epoch: number;
}

/** A message that waits, as remembered across a restart. */
export interface StoredWaiting {
  readonly place: Place;
  readonly message: { readonly key: string | null; readonly value: string; readonly signature: string };
}

/** The tables, for the one writer. */
export interface LogStore {
  /**
   * Writes a batch wholly or not at all.
   * @throws WriterReplaced when a higher epoch exists, AlreadyIn when an event id or an index is taken
   */
  append(batch: Batch): Promise<void>;
  newestHead(): Promise<StoredHead | null>;
  /** Those of the events that are in the log. */
  knownEvents(ids: readonly string[]): Promise<Set<string>>;
  /** SHA-256 (hex) of the recorded value of each event that is in. */
  digestsOf(ids: readonly string[]): Promise<Map<string, string>>;
  /** Event id recorded for each of the places that is accounted for; null where it was parked. By {@link placeName}. */
  knownPlaces(places: readonly Place[]): Promise<Map<string, string | null>>;
  entries(from: number, limit: number): Promise<StoredEntry[]>;
}

/** Where what was committed is handed over for publication. */
export interface Publication {
  committed(entries: readonly MadeEntry[], head: Head): void;
}

/** Another writer took the log over. This process must not write any more. */
export class WriterReplaced extends Error {
  override readonly name = 'WriterReplaced';
}

/** @throws WriterReplaced when the newest head is a later writer's: what then looks like damage is its work */
export function mustBeOurs(newest: StoredHead, epoch: number): void {
  if (newest.epoch > epoch)
    throw new WriterReplaced(`epoch ${epoch} is over: the writer of epoch ${newest.epoch} has taken the log`);
}

/** An insert met a row that is there already. */
export class AlreadyIn extends Error {
  override readonly name = 'AlreadyIn';
  constructor(
    readonly what: 'event' | 'place' | 'index',
    override readonly cause?: unknown,
  ) {
    super(`the ${what} is in the log already`);
  }
}

/** The tables and this process disagree about the log, or a topic is not the one that was read before. Stop. */
export class LogDisagrees extends Error {
  override readonly name = 'LogDisagrees';
}

import type { Message } from '@causeway/contracts';
import { DatabaseError, STANDBY_MS } from '@causeway/persistence';
import {
  AlreadyIn,
  partitionName,
  placeName,
  WriterReplaced,
  type Batch,
  type LogStore,
  type MadeEntry,
  type Place,
  type StoredEntry,
  type StoredHead,
  type StoredWaiting,
} from '../../../apps/ledger/src/handle/ports';
import type { Twin } from '../calls';
import { callOut, faultOf, type Ground } from '../ports';
import type { SimProcess } from '../process';

/** The ledger's tables: they are only added to. */
export class LedgerTables {
  readonly entries: StoredEntry[] = [];
  readonly heads: StoredHead[] = [];
  /** Of each entry its message, in their order. */
  readonly arrivals: Message[] = [];
  readonly byEvent = new Map<string, MadeEntry>();
  readonly places = new Map<string, string | null>();
  readonly highest = new Map<string, number>();
  readonly duplicates = new Map<string, Place>();
  readonly parked = new Map<string, Place>();
  readonly waiting = new Map<string, StoredWaiting>();
  epoch = 0;
  awayUntil = 0;
  /** Whose session has the lock. */
  seat: SimProcess | null = null;
}

/**
 * Stands in for apps/ledger/src/store (PostgresLogStore, places, writer): the same promises to the same port, one batch wholly or not
 * at all, nothing twice, and only for the newest epoch; with the failures that Postgres has.
 */
export class SimLogStore implements LogStore {
  constructor(
    readonly tables: LedgerTables,
    private readonly ground: Ground,
    private readonly process: SimProcess,
  ) {}

  append(batch: Batch): Promise<void> {
    return this.call('append', (twin) => {
      if (batch.epoch !== this.tables.epoch) throw new WriterReplaced(`epoch ${batch.epoch} is over`);
      const fault = faultOf(this.ground, twin, 'commit-lost', 'commit-done-answer-lost');
      if (fault === 'commit-lost') throw lost();
      this.mustBeNew(batch);
      this.add(batch);
      if (fault) throw lost();
    });
  }

  /** As Standby asks: true when it is this process's turn. */
  takeSeat(): Promise<boolean> {
    return this.ask('takeSeat', () => {
      const { tables, process } = this;
      if (tables.seat?.alive && tables.seat !== process) return false;
      if (tables.seat !== process) this.freeWhenSilent();
      tables.seat = process;
      return true;
    });
  }

  private freeWhenSilent(): void {
    const { tables, process, ground } = this;
    process.onPause((forMs) => {
      const free = (): void => void (tables.seat = tables.seat === process ? null : tables.seat);
      if (forMs > STANDBY_MS) ground.time.schedule(STANDBY_MS, null, free);
    });
  }

  newestEpoch(): Promise<number> {
    return this.ask('newestEpoch', () => this.tables.epoch);
  }

  takeOver(): Promise<number> {
    return this.ask('takeOver', () => ++this.tables.epoch);
  }

  newestHead(): Promise<StoredHead | null> {
    return this.ask('newestHead', () => this.tables.heads.at(-1) ?? null);
  }

  headFrom(size: number): Promise<StoredHead | null> {
    return this.ask('headFrom', () => this.tables.heads.find((head) => head.size >= size) ?? null);
  }

  headsAfter(size: number, limit: number): Promise<StoredHead[]> {
    return this.ask('headsAfter', () => this.tables.heads.filter((head) => head.size > size).slice(0, limit));
  }

  /** The simulation reads the rows themselves. */
  publishedSize(): Promise<number> {
    return Promise.resolve(0);
  }

  knownEvents(ids: readonly string[]): Promise<Set<string>> {
    return this.ask('knownEvents', () => new Set(ids.filter((id) => this.tables.byEvent.has(id))));
  }

  digestsOf(ids: readonly string[]): Promise<Map<string, string>> {
    const digestOf = (id: string) => this.tables.byEvent.get(id)?.arrival.received.digest;
    return this.ask(
      'digestsOf',
      () => new Map(ids.flatMap((id) => (digestOf(id) ? [[id, digestOf(id) as string]] : []))),
    );
  }

  knownPlaces(places: readonly Place[]): Promise<Map<string, string | null>> {
    const names = places.map(placeName);
    return this.ask('knownPlaces', () => {
      const known = names.filter((name) => this.tables.places.has(name));
      return new Map(known.map((name) => [name, this.tables.places.get(name) ?? null]));
    });
  }

  entries(from: number, limit: number): Promise<StoredEntry[]> {
    return this.ask('entries', () => this.tables.entries.slice(from, from + limit));
  }

  eventIds(): Promise<string[]> {
    return this.ask('eventIds', () => [...this.tables.byEvent.keys()]);
  }

  highestPlaces(): Promise<Place[]> {
    return this.ask('highestPlaces', () =>
      [...this.tables.highest].map(([name, offset]) => {
        const [topic = '', partition] = name.split('/');
        return { topic, partition: Number(partition), offset: String(offset) };
      }),
    );
  }

  stillWaiting(): Promise<StoredWaiting[]> {
    return this.ask('stillWaiting', () =>
      [...this.tables.waiting.values()].filter(({ place }) => !this.isAccounted(place)),
    );
  }

  private isAccounted(place: Place): boolean {
    return this.tables.places.has(placeName(place));
  }

  private mustBeNew({ entries }: Batch): void {
    const { tables } = this;
    for (const { index, arrival } of entries) {
      if (tables.byEvent.has(arrival.id)) throw new AlreadyIn('event');
      if (index < tables.entries.length) throw new AlreadyIn('index');
      if (tables.places.has(placeName(arrival.place))) throw new AlreadyIn('place');
    }
  }

  private add({ entries, head, duplicates, parked, waiting, epoch }: Batch): void {
    const { tables } = this;
    for (const entry of entries) {
      tables.entries.push(storedOf(entry));
      tables.arrivals.push(entry.arrival.received.message);
      tables.byEvent.set(entry.arrival.id, entry);
      this.account(entry.arrival.place, entry.arrival.id);
    }
    if (head) tables.heads.push({ ...head, epoch });
    for (const { place, eventId } of duplicates) {
      tables.duplicates.set(placeName(place), place);
      this.account(place, eventId);
    }
    for (const { topic, partition, offset } of parked) {
      tables.parked.set(placeName({ topic, partition, offset }), { topic, partition, offset });
      this.account({ topic, partition, offset }, null);
    }
    for (const { place, received } of waiting) {
      const message = { key: received.key, signature: received.signature, value: received.bytes.toString('utf8') };
      tables.waiting.set(placeName(place), { place, message });
    }
  }

  private account(place: Place, eventId: string | null): void {
    const name = placeName(place);
    if (!this.tables.places.has(name)) this.tables.places.set(name, eventId);
    const partition = partitionName(place);
    this.tables.highest.set(partition, Math.max(this.tables.highest.get(partition) ?? -1, Number(place.offset)));
  }

  private ask<T>(name: string, act: () => T): Promise<T> {
    return this.call(name, (twin) => {
      if (twin === 'not-done') throw lost();
      const value = act();
      if (twin) throw lost();
      return value;
    });
  }

  private call<T>(of: string, act: (twin: Twin | null) => T): Promise<T> {
    const { faults, dice, time } = this.ground;
    const slow = faults.strikes('statement-slow') ? dice.between(100, 3_000) : 0;
    const outgoing = { process: this.process, kind: 'log-store', of };
    return callOut(this.ground, outgoing, dice.between(0.5, 3) + slow, ({ twin }) => {
      if (faults.strikes('database-away')) {
        this.tables.awayUntil = time.now + dice.between(500, 12_000);
        this.tables.seat = null;
      }
      if (time.now < this.tables.awayUntil || faults.strikes('statement-lost')) throw lost();
      return act(twin);
    });
  }
}

const lost = (): DatabaseError => new DatabaseError('connection terminated', '08006', true, false, undefined);

const storedOf = ({ index, arrival, leafHash, text }: MadeEntry): StoredEntry => ({
  ...{ index, eventId: arrival.id, ...arrival.place, type: arrival.received.message.type },
  ...{ leafHash: Buffer.from(leafHash), text },
});

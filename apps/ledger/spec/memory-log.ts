import {
  AlreadyIn,
  placeName,
  WriterReplaced,
  type Batch,
  type LogStore,
  type MadeEntry,
  type Place,
  type StoredEntry,
  type StoredHead,
} from '../src/handle/ports';

/** What the next append does before it answers: `failed` stores nothing, `lost` stores and loses the answer. */
export type Fault = 'failed' | 'lost';

/** The tables in memory, with planned faults. Same promises as the real ones: a batch wholly or not at all, nothing twice. */
export class MemoryLog implements LogStore {
  readonly entriesStored: MadeEntry[] = [];
  readonly heads: StoredHead[] = [];
  readonly duplicates: Batch['duplicates'][number][] = [];
  readonly parked: Batch['parked'][number][] = [];
  readonly waiting: Place[] = [];
  readonly batches: Batch[] = [];
  epoch = 1;
  faults: Fault[] = [];
  /** Reads fail as well while it is set. */
  away = false;

  async append(batch: Batch): Promise<void> {
    const fault = this.faults.shift();
    if (fault === 'failed' || this.away) throw new Error('connection terminated');
    if (batch.epoch !== this.epoch) throw new WriterReplaced('another writer');
    this.mustBeNew(batch);
    this.batches.push(batch);
    this.entriesStored.push(...batch.entries);
    if (batch.head) this.heads.push({ ...batch.head, epoch: batch.epoch });
    this.duplicates.push(...batch.duplicates);
    this.parked.push(...batch.parked);
    this.waiting.push(...batch.waiting.map(({ place }) => place));
    if (fault === 'lost') throw new Error('connection terminated');
  }

  private mustBeNew({ entries }: Batch): void {
    for (const { index, arrival } of entries) {
      if (this.entriesStored.some((stored) => stored.index === index)) throw new AlreadyIn('index');
      if (this.entriesStored.some((stored) => stored.arrival.id === arrival.id)) throw new AlreadyIn('event');
    }
  }

  async newestHead(): Promise<StoredHead | null> {
    if (this.away) throw new Error('connection terminated');
    return this.heads.at(-1) ?? null;
  }

  async knownEvents(ids: readonly string[]): Promise<Set<string>> {
    return new Set(this.entriesStored.map(({ arrival }) => arrival.id).filter((id) => ids.includes(id)));
  }

  async digestsOf(ids: readonly string[]): Promise<Map<string, string>> {
    const found = this.entriesStored.filter(({ arrival }) => ids.includes(arrival.id));
    return new Map(found.map(({ arrival }) => [arrival.id, arrival.received.digest]));
  }

  async knownPlaces(places: readonly Place[]): Promise<Map<string, string | null>> {
    const all = new Map<string, string | null>([
      ...this.entriesStored.map(({ arrival }) => [placeName(arrival.place), arrival.id] as const),
      ...this.duplicates.map(({ place, eventId }) => [placeName(place), eventId] as const),
      ...this.parked.map((letter) => [placeName(letter), null] as const),
    ]);
    const wanted = new Set(places.map(placeName));
    return new Map([...all].filter(([name]) => wanted.has(name)));
  }

  async entries(from: number, limit: number): Promise<StoredEntry[]> {
    return this.entriesStored.slice(from, from + limit).map(({ index, text, leafHash, arrival }) => ({
      index,
      eventId: arrival.id,
      ...arrival.place,
      type: arrival.received.message.type,
      leafHash: Buffer.from(leafHash),
      text,
    }));
  }
}

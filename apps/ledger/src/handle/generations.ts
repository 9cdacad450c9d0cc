import type { Log, RawMessage } from '@causeway/messaging';
import type { LedgerFigures } from './figures';

/** A topic as it was made once: the next generation under its name begins at offset 0 again. */
export interface Generation {
  readonly topic: string;
  /** 0 for the first that this ledger met. */
  readonly number: number;
  /** The broker's id of it. */
  readonly id: string;
  /** Entries in the log when it was met. */
  readonly size: number;
  readonly at: Date;
}

export interface GenerationsOptions {
  /** Notes those that are new, and gives all there are of these topics. */
  readonly table: { note(ids: ReadonlyMap<string, string>): Promise<Generation[]> };
  readonly figures: LedgerFigures;
  readonly log: Log;
}

/** Above any offset that a partition reaches, and 9,000 of them still fit a number exactly. */
const STEP = 1_000_000_000_000;

/** Where the places of a generation begin in the log: the offset 17 of generation 2 is 2000000000017. So no place comes twice. */
export const firstOffset = (generation: number): bigint => BigInt(generation) * BigInt(STEP);

/** The newest of each topic, by its name. */
export function newestByTopic(generations: readonly Generation[]): Map<string, Generation> {
  const newest = new Map<string, Generation>();
  for (const one of generations) if (one.number >= (newest.get(one.topic)?.number ?? 0)) newest.set(one.topic, one);
  return newest;
}

/** Which generation of its topic a message is of, and so which place it has in the log. */
export class Generations {
  private readonly numbers = new Map<string, number>();

  constructor(private readonly options: GenerationsOptions) {}

  /** Resolves once what is new is in the table: no message of a generation is taken before. */
  async told(ids: ReadonlyMap<string, string>): Promise<void> {
    const { table, figures } = this.options;
    const there = await table.note(ids);
    for (const one of there) if (!this.numbers.has(one.id)) this.meet(one, ids);
    figures.generations = [...newestByTopic(there).values()].reduce((sum, { number }) => sum + number, 0);
  }

  /** The message under the offset that it has in the log. */
  placed(raw: RawMessage): RawMessage {
    const number = raw.topicId === undefined ? 0 : (this.numbers.get(raw.topicId) ?? 0);
    return number === 0 ? raw : at(raw, firstOffset(number) + BigInt(raw.offset));
  }

  private meet({ topic, number, id, at, size }: Generation, ids: ReadonlyMap<string, string>): void {
    this.numbers.set(id, number);
    if (number === 0 || ids.get(topic) !== id) return;
    const found = { topic, generation: number, since: at, size };
    this.options.log.error(
      found,
      'the topic was made anew: its places go on in a new generation, and what nobody had read of the old one is gone',
    );
  }
}

/** Field by field: a message that was fetched reads its own out of the bytes when asked, and a spread would lose them. */
const at = (
  { topic, partition, topicId, key, value, headers, timestampMs }: RawMessage,
  place: bigint,
): RawMessage => ({
  ...{ topic, partition, topicId, key, value, headers, timestampMs },
  offset: String(place),
});

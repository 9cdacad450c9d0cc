/** The accounting identity of one topic partition (I14): produced = in the ledger + repetitions + parked. */
export interface PartitionBalance {
  readonly topic: string;
  readonly partition: number;
  /** Above 0: the topic was made anew so often, and the numbers are of what it is now. */
  readonly generation: number;
  /** First offset the broker still has, and the one after the last. Decimal. */
  readonly start: string;
  readonly end: string;
  readonly produced: number;
  readonly inLedger: number;
  readonly duplicates: number;
  readonly parked: number;
  /** Remembered as waiting for a cause; part of what is missing. */
  readonly waiting: number;
  readonly missing: number;
  readonly addsUp: boolean;
}

export interface PartitionRange {
  readonly topic: string;
  readonly partition: number;
  readonly generation?: number;
  readonly start: bigint;
  readonly end: bigint;
}

export interface PlaceCounts {
  readonly inLedger: number;
  readonly duplicates: number;
  readonly parked: number;
  readonly waiting: number;
}

const NOTHING: PlaceCounts = { inLedger: 0, duplicates: 0, parked: 0, waiting: 0 };

export function balanceOf(
  { topic, partition, generation = 0, start, end }: PartitionRange,
  counts = NOTHING,
): PartitionBalance {
  const produced = Number(end - start);
  const missing = produced - counts.inLedger - counts.duplicates - counts.parked;
  return {
    topic,
    partition,
    generation,
    start: String(start),
    end: String(end),
    produced,
    ...counts,
    missing,
    addsUp: missing === 0,
  };
}

/** For people: a line a partition that holds anything, then the verdict. */
export function asLines(balances: readonly PartitionBalance[]): string {
  const shown = balances.filter(({ produced, missing }) => produced !== 0 || missing !== 0);
  const wrong = balances.filter(({ addsUp }) => !addsUp);
  const lines = shown.map(lineOf);
  const produced = balances.reduce((sum, balance) => sum + balance.produced, 0);
  lines.push(
    wrong.length === 0
      ? `adds up: ${produced} messages on ${shown.length} partitions are all accounted for`
      : `does not add up: ${wrong.map(({ topic, partition, missing }) => `${topic}/${partition} (${missing} missing)`).join(', ')}`,
  );
  return `${lines.join('\n')}\n`;
}

function lineOf(balance: PartitionBalance): string {
  const { topic, partition, generation, start, end, produced, inLedger, duplicates, parked, waiting, missing } =
    balance;
  const sum = `${produced} produced = ${inLedger} in ledger + ${duplicates} duplicates + ${parked} parked`;
  const rest = missing === 0 ? '' : ` + ${missing} missing (${waiting} of them wait for a cause)`;
  const name = `${topic}/${partition}${generation > 0 ? ` (generation ${generation})` : ''}`;
  return `${name.padEnd(42)} ${`${start}..${end}`.padStart(16)}  ${sum}${rest}`;
}

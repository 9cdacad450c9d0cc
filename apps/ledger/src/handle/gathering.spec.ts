import { Gathering, MOST_A_BATCH } from './gathering';

const never = (): null => null;

async function take<T>(from: AsyncGenerator<readonly T[], void, void>, count: number): Promise<(readonly T[])[]> {
  const batches: (readonly T[])[] = [];
  for (let i = 0; i < count; i++) {
    const next = await from.next();
    if (!next.done) batches.push(next.value);
  }
  return batches;
}

describe('gathering', () => {
  it('gives what came together as one batch, in order', async () => {
    const gathering = new Gathering<number>(() => 1);
    gathering.push([1, 2]);
    gathering.push([3]);
    expect(await take(gathering.batches(never), 1)).toEqual([[1, 2, 3]]);
  });

  it('bounds a batch by items, and says that there is more', async () => {
    const gathering = new Gathering<number>(() => 1);
    gathering.push(Array.from({ length: MOST_A_BATCH.items + 5 }, (_, i) => i));
    const batches = gathering.batches(never);
    expect((await take(batches, 1))[0]).toHaveLength(MOST_A_BATCH.items);
    expect(gathering.hasMore).toBe(true);
    expect((await take(batches, 1))[0]).toHaveLength(5);
    expect(gathering.hasMore).toBe(false);
  });

  it('bounds a batch by weight, and still gives what alone is too heavy', async () => {
    const gathering = new Gathering<number>((weight) => weight);
    gathering.push([MOST_A_BATCH.weight - 1, 2, 2 * MOST_A_BATCH.weight, 1]);
    const batches = await take(gathering.batches(never), 3);
    expect(batches).toEqual([[MOST_A_BATCH.weight - 1], [2], [2 * MOST_A_BATCH.weight]]);
  });

  it('gives an empty batch when it is due, and ends once it is closed and empty', async () => {
    const gathering = new Gathering<number>(() => 1);
    const batches = gathering.batches(() => 5);
    expect(await take(batches, 1)).toEqual([[]]);
    gathering.push([7]);
    gathering.close();
    expect(await take(batches, 2)).toEqual([[7]]);
    expect((await batches.next()).done).toBe(true);
  });
});

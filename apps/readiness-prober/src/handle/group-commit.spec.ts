import { GroupCommit } from './group-commit';

function commits() {
  const batches: number[][] = [];
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const group = new GroupCommit<number>({
    maxItems: 3,
    commit: async (items) => {
      batches.push([...items]);
      await gate;
      if (items.includes(13)) throw new Error('disk full');
    },
  });
  return { group, batches, release: () => release() };
}

describe('a group commit', () => {
  it('puts what comes during one commit into the next, in order and up to its size', async () => {
    const { group, batches, release } = commits();
    const all = [group.submit([1]), group.submit([2])];
    await new Promise(setImmediate);
    all.push(group.submit([3, 4]), group.submit([5, 6]));
    release();
    await Promise.all(all);
    expect(batches).toEqual([[1, 2], [3, 4, 5], [6]]);
  });

  it('fails only those whose commit failed', async () => {
    const { group, batches, release } = commits();
    release();
    const failed = group.submit([13]);
    await expect(failed).rejects.toThrow('disk full');
    await group.submit([1]);
    await group.idle();
    expect(batches).toEqual([[13], [1]]);
  });
});

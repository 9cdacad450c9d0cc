import { inTurn } from './in-turn';

const after = <T>(turns: number, end: () => T): Promise<T> =>
  Array.from({ length: turns })
    .reduce<Promise<unknown>>((last) => last.then(() => undefined), Promise.resolve())
    .then(end);
const fails = (turns: number, message: string): Promise<never> =>
  after(turns, () => {
    throw new Error(message);
  });

describe('statements started together', () => {
  it('answer in the order they were started, whichever is ready first', async () => {
    expect(await inTurn([after(9, () => 'a'), 'b', after(1, () => 3)] as const)).toEqual(['a', 'b', 3]);
  });

  it('fail with the first one’s error, however late that is heard; the others go unheard without ending the process', async () => {
    await expect(inTurn([after(1, () => 1), fails(9, 'why'), fails(1, 'transaction is aborted')])).rejects.toThrow(
      'why',
    );
    await after(20, () => undefined);
  });
});

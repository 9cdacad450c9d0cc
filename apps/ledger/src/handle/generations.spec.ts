import type { RawMessage } from '@causeway/messaging';
import { LedgerFigures } from './figures';
import { firstOffset, Generations, newestByTopic, type Generation } from './generations';

const row = (number: number, id: string): Generation => ({
  ...{ topic: 't', number, id, size: number * 10 },
  at: new Date(0),
});
const message = (offset: string, topicId?: string): RawMessage => ({
  ...{ topic: 't', partition: 0, offset, topicId, key: 'k', value: null, headers: {}, timestampMs: 0 },
});

async function after(rows: Generation[], now: string) {
  const errors: object[] = [];
  const figures = new LedgerFigures();
  const log = { debug() {}, info() {}, warn() {}, error: (details: object) => void errors.push(details) };
  const generations = new Generations({ figures, log, table: { note: () => Promise.resolve(rows) } });
  await generations.told(new Map([['t', now]]));
  return { generations, errors, figures };
}

describe('the generations of a topic', () => {
  it('given the first, places are the offsets, and nothing is said', async () => {
    const { generations, errors, figures } = await after([row(0, 'a')], 'a');
    expect(generations.placed(message('17', 'a')).offset).toBe('17');
    expect(generations.placed(message('17')).offset).toBe('17');
    expect({ errors, count: figures.generations }).toEqual({ errors: [], count: 0 });
  });

  it('given it was made anew twice, its places come after all before, and it is said once', async () => {
    const { generations, errors, figures } = await after([row(0, 'a'), row(1, 'b'), row(2, 'c')], 'c');
    expect(generations.placed(message('17', 'c')).offset).toBe('2000000000017');
    expect(firstOffset(2)).toBe(2_000_000_000_000n);
    expect(generations.placed(message('17', 'a')).offset).toBe('17');
    expect(errors).toMatchObject([{ topic: 't', generation: 2, size: 20 }]);
    expect(figures.generations).toBe(2);
    await generations.told(new Map([['t', 'c']]));
    expect(errors).toHaveLength(1);
  });

  it('a message that reads its parts when asked keeps them under its new place', async () => {
    const { generations } = await after([row(0, 'a'), row(1, 'b')], 'b');
    class Lazy {
      readonly topic = 't';
      readonly partition = 0;
      readonly topicId = 'b';
      readonly value = null;
      readonly timestampMs = 5;
      get offset() {
        return '17';
      }
      get key() {
        return 'k';
      }
      get headers() {
        return { type: 'x' };
      }
    }
    expect(generations.placed(new Lazy())).toEqual({
      ...message('1000000000017', 'b'),
      headers: { type: 'x' },
      timestampMs: 5,
    });
  });

  it('the newest of each topic is the one with the highest number', () => {
    expect(newestByTopic([row(1, 'b'), row(0, 'a')]).get('t')?.id).toBe('b');
  });
});

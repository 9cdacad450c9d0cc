import { CursorLost, type Json, type Observer, type SeenMutation } from '@causeway/executor-sdk';
import { observerCases, type ObserverFixture } from './index';

const SECRET = 'canary-71ab';

interface Entry {
  readonly id: number;
  readonly by: 'executor' | 'other';
}

/** A target in memory whose history is a list, an observer of it, and one defect put in by name. */
class Shelf {
  private readonly history: Entry[] = [];
  private reads = 0;

  constructor(private readonly defect: string) {}

  fixture(): ObserverFixture {
    const change = (by: Entry['by']) => (): Promise<number> => {
      this.history.push({ id: this.history.length + 1, by });
      return Promise.resolve(1);
    };
    return {
      createObserver: () => this.observer(),
      ours: change('executor'),
      theirs: change('other'),
      withinMs: 300,
      secrets: [SECRET],
    };
  }

  private observer(): Observer {
    /** What a careless observer keeps in memory instead of the cursor. */
    let inMemory: number | null = null;
    return {
      everyMs: this.defect === 'asks without a pause' ? 0 : 10,
      begin: async () => {
        inMemory = this.history.length;
        return this.cursor(this.defect === 'begins at the beginning' ? 0 : inMemory, inMemory);
      },
      sweep: async (cursor, signal) => {
        if (this.defect === 'deaf to the signal' && signal.aborted) await new Promise(() => undefined);
        signal.throwIfAborted();
        const { start, at } = cursor as { start?: number; at: number };
        if (start === undefined)
          throw this.defect === 'fails at a strange cursor' ? new TypeError() : new CursorLost('strange');
        const from = this.defect === 'forgets its cursor' ? (inMemory ?? this.history.length) : at;
        inMemory = this.history.length;
        // Twice what was told a moment ago, as observers that read by time do.
        const read = this.history.slice(Math.max(start, from - 2));
        return { mutations: this.told(read), cursor: this.cursor(start, this.history.length), gap: this.gap() };
      },
    };
  }

  private told(read: readonly Entry[]): SeenMutation[] {
    this.reads++;
    if (this.defect === 'leaves out the second of two') return read.slice(0, 1).map((one) => this.seen(one));
    return read.map((one) => this.seen(one));
  }

  private cursor(start: number, at: number): Json {
    if (this.defect === 'a cursor that is no JSON') return new Map([['at', at]]) as unknown as Json;
    return { start, at };
  }

  private gap() {
    const at = '2026-01-01T00:00:00.000Z';
    return this.defect === 'states gaps for nothing' ? { from: at, to: at, reason: 'to be safe' } : null;
  }

  private seen({ id, by }: Entry): SeenMutation {
    const takesForOwn = this.defect === 'takes everything for its own';
    const takesForForeign = this.defect === 'takes its own for foreign';
    const ours = !takesForForeign && (takesForOwn || by === 'executor');
    const number = this.defect === 'ids of each reading' ? `${id}/${this.reads}` : String(id);
    return {
      resource: this.defect === 'not of the language' ? '' : `items/${id}`,
      ...{ change: 'put@v1', with: { item: id }, effect: 'set', scopes: null },
      actor: { kind: 'user', name: 'somebody' },
      channel: { client: null, token: this.defect === 'tells a secret' ? SECRET : null, address: null },
      ...{ before: { kind: 'unknown' }, after: { kind: 'unknown' } },
      by: ours ? { kind: 'executor', attemptId: null } : { kind: 'other' },
      source: { id: number, detail: {} },
      happened: { kind: 'at', at: '2026-01-01T00:00:00.000Z' },
    };
  }
}

const failuresOf = async (defect: string): Promise<string[]> => {
  const failed: string[] = [];
  for (const { name, run } of observerCases(new Shelf(defect).fixture()))
    await run().catch((error: Error) => failed.push(`${name}: ${error.message}`));
  return failed;
};

it('lets a well-behaved observer pass', async () => {
  expect(await failuresOf('none')).toEqual([]);
});

it.each([
  'asks without a pause',
  'begins at the beginning',
  'forgets its cursor',
  'a cursor that is no JSON',
  'leaves out the second of two',
  'takes everything for its own',
  'takes its own for foreign',
  'ids of each reading',
  'states gaps for nothing',
  'not of the language',
  'tells a secret',
  'deaf to the signal',
  'fails at a strange cursor',
])(
  'catches: %s',
  async (defect) => {
    expect(await failuresOf(defect)).not.toEqual([]);
  },
  30_000,
);

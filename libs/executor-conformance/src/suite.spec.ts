import { afterFirstWrite, NotApplied, type ChangeRequest, type Executor, type Json } from '@causeway/executor-sdk';
import { conformanceCases, type ConformanceFixture } from './index';

const SECRET = 'canary-3f9c';

/** A well-behaved target in memory with a history of its own, and one defect put in by name. */
class Shelf {
  private readonly items = new Map<string, string>();
  private readonly history: string[] = [];
  private made = 0;

  constructor(private readonly defect: string) {}

  fixture(): ConformanceFixture {
    return {
      executor: this.executor(),
      sample: () =>
        Promise.resolve({
          target: 'shelf',
          change: 'put@v1',
          with: { item: `item-${this.made++}` },
          scopes: [{ scope: 'global', members: ['shelf'] }],
        }),
      writes: (sample) => Promise.resolve(this.history.filter((entry) => entry === sample.with['item']).length),
      cutOffAfterWrite: () => Promise.resolve(this.cutOff()),
      badParameters: [{ item: 7 }],
      secrets: [SECRET],
    };
  }

  private executor(): Executor {
    const capability = this.defect === 'undeclared class' ? ('E' as 'C') : 'C';
    const change = this.defect === 'unversioned change' ? 'put' : 'put@v1';
    return {
      kind: 'shelf',
      version: '1.0.0',
      history: 'ordered-ids',
      changes: { [change]: { capability, checksEpoch: false } },
      lookUp: async (request) => {
        const item = this.enter(request);
        if (this.defect === 'look-up writes') this.history.push(item);
        const there = this.items.has(item) && this.defect !== 'blind';
        const mine = this.items.get(item) === request.attemptId;
        const byThisAttempt =
          this.defect === 'claims everything' ? there : this.defect === 'denies its own' ? false : mine;
        return { state: there ? 'in-effect' : 'absent', byThisAttempt, evidence: this.evidence() };
      },
      apply: (request) => this.write(request, true),
      revert: (request) => this.write(request, false),
    };
  }

  /** Writes, and has nobody to read from afterwards. */
  private cutOff(): Executor {
    const gone = (): Promise<never> => Promise.reject(new NotApplied({ code: 'target-unreachable', message: 'gone' }));
    const whole = this.executor();
    let written = false;
    return {
      ...whole,
      lookUp: (request) => (written ? gone() : whole.lookUp(request)),
      apply: async (request) => {
        await whole.apply(request);
        written = true;
        return this.defect === 'denies its write' ? gone() : afterFirstWrite('the write', gone);
      },
    };
  }

  private async write(request: ChangeRequest, there: boolean) {
    const item = this.enter(request);
    await this.slowly(request);
    if (this.items.has(item) === there && this.defect !== 'writes again')
      return { changed: false, evidence: this.evidence() };
    if (this.defect === 'revert does nothing' && !there) return { changed: true, evidence: {} };
    this.history.push(item);
    if (there) this.items.set(item, request.attemptId);
    else this.items.delete(item);
    return { changed: this.defect !== 'never says changed', evidence: this.evidence() };
  }

  private enter(request: ChangeRequest): string {
    if (this.defect !== 'begins late') request.signal.throwIfAborted();
    const item = request.with['item'];
    const extra = Object.keys(request.with).length > 1 && this.defect !== 'takes undeclared fields';
    if (typeof item === 'string' && !extra) return item;
    if (this.defect === 'bad parameters are an accident') throw new TypeError('item is not a string');
    throw new NotApplied({
      code: 'bad-parameters',
      message: this.defect === 'secret in a refusal' ? SECRET : 'give item',
    });
  }

  private async slowly({ signal }: ChangeRequest): Promise<void> {
    const deaf = this.defect === 'deaf to the signal';
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, deaf ? 1_700 : 10);
      signal.addEventListener('abort', () => {
        if (deaf) return;
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    });
  }

  private evidence(): Record<string, Json> {
    if (this.defect === 'secret in the evidence') return { header: `Bearer ${SECRET}` };
    if (this.defect === 'evidence without end') return { rows: 'x'.repeat(20_000) };
    return this.defect === 'evidence is no JSON' ? { at: new Date() as unknown as Json } : {};
  }
}

const failuresOf = async (defect: string): Promise<string[]> => {
  const failed: string[] = [];
  const cases = conformanceCases(new Shelf(defect).fixture());
  await Promise.all(
    cases.map(({ name, run }) => run().catch((error: Error) => failed.push(`${name}: ${error.message}`))),
  );
  return failed;
};

it('lets a well-behaved executor pass', async () => {
  expect(await failuresOf('none')).toEqual([]);
});

it.each([
  'undeclared class',
  'unversioned change',
  'look-up writes',
  'blind',
  'claims everything',
  'denies its own',
  'writes again',
  'revert does nothing',
  'never says changed',
  'denies its write',
  'begins late',
  'deaf to the signal',
  'takes undeclared fields',
  'bad parameters are an accident',
  'secret in a refusal',
  'secret in the evidence',
  'evidence without end',
  'evidence is no JSON',
])('catches: %s', async (defect) => {
  expect(await failuresOf(defect)).not.toEqual([]);
});

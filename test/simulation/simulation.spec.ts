import { BUG_BANK } from './bugs/bank';
import { hunt, runWith } from './bugs/hunt';
import { run } from './run';
import { scenarioOf } from './scenario/generate';
import { shrink } from './shrink';

/** A few of the runs that `npm test -- simulation` makes by the ten thousand; the planted bugs are hunted there. */
const SEEDS = { from: 1, to: 60 };
/** Seeds that a planted bug may take here. */
const MOST_SEEDS = 200;
const WITHIN_MS = 120_000;

describe('the whole way of a change, under every fault', () => {
  it(
    'breaks nothing',
    async () => {
      const broken: string[] = [];
      for (let seed = SEEDS.from; seed <= SEEDS.to; seed++) {
        const { violations } = await run(scenarioOf(seed));
        broken.push(...violations.map(({ invariant, detail }) => `seed ${seed} ${invariant}: ${detail}`));
      }
      expect(broken).toEqual([]);
    },
    WITHIN_MS,
  );

  it('is the same run for the same seed', async () => {
    const [one, other] = [await run(scenarioOf(7)), await run(scenarioOf(7))];
    expect(other.events).toBe(one.events);
    expect(other.evidence.journal).toEqual(one.evidence.journal);
    expect(other.evidence.lines).toEqual(one.evidence.lines);
  });

  it('is told as the smallest scenario that still breaks', async () => {
    const bug = BUG_BANK.find(({ name }) => name === 'needs-are-not-read');
    if (!bug) throw new Error('no such bug');
    const { seed, invariant } = await hunt(bug, 1, MOST_SEEDS, false);
    const scenario = scenarioOf(seed ?? 0);
    const smallest = await shrink(scenario, invariant ?? '', (candidate) => runWith(bug, candidate));
    expect(smallest.intents).toHaveLength(1);
    expect(smallest.faults.most).toBe(0);
    expect((await runWith(bug, smallest)).violations[0]?.invariant).toBe(invariant);
  });
});

describe('the bug bank', () => {
  it('has a name of its own for each of at least 30 bugs', () => {
    expect(new Set(BUG_BANK.map(({ name }) => name)).size).toBe(BUG_BANK.length);
    expect(BUG_BANK.length).toBeGreaterThanOrEqual(30);
  });
});

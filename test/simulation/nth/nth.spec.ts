import { BUG_BANK } from '../bugs/bank';
import { TWISTS, type Twist } from '../calls';
import { bite } from './report';
import { nameOf, runCase, undisturbed, type Broken, type Case, type Undisturbed } from './sweep';

/** Bugs that show only when the right call fails, one for each service, and which calls those are. */
const BITTEN = [
  ['outbox-after-the-commit', 'sequencer commit seat-claim-inbox'],
  ['failed-send-counts-as-sent', 'sequencer send causeway.probes.v1 causeway.records.v1'],
  ['a-claim-ends-without-its-result', 'executor-alpha commit outbox-insert'],
  ['an-unknown-append-is-written-again', 'ledger log-store append'],
] as const;
const WITHIN_MS = 120_000;

/** Of each kind of call that the story makes the first one; all of them are `npm run simulate -- --nth`. */
function firstOfEach({ calls }: Undisturbed): Case[] {
  const firsts = new Map(calls.map((call, number) => [nameOf(call), number] as const).reverse());
  return [...firsts.values()]
    .sort((a, b) => a - b)
    .map((number, i) => ({ number, twist: TWISTS[i % TWISTS.length] as Twist }));
}

describe('the told story', () => {
  let story: Undisturbed;
  beforeAll(async () => {
    story = await undisturbed();
  });

  it('has a hold that a person ends, a doubt that a person settles, and an end', () => {
    expect(story.calls.filter(({ of }) => of === 'causeway.decisions.v1').length).toBeGreaterThanOrEqual(2);
    expect(story.essence.filter((line) => line.endsWith('sequence-ended completed'))).toHaveLength(1);
    expect(story.essence).toContain("alpha: somebody's change is undeclared");
  });

  it(
    'comes to the same whichever kind of call fails',
    async () => {
      const broken: Broken[] = [];
      for (const one of firstOfEach(story)) {
        const found = await runCase(one, story);
        if (found) broken.push(found);
      }
      expect(broken).toEqual([]);
    },
    WITHIN_MS,
  );

  it.each(BITTEN)(
    'shows the planted bug %s when %s fails, and not before',
    async (name, which) => {
      const bug = BUG_BANK.find((one) => one.name === name);
      if (!bug) throw new Error('no such bug');
      expect((await bite(bug, story, (call) => nameOf(call) === which)).runs).toBeGreaterThan(0);
    },
    WITHIN_MS,
  );
});

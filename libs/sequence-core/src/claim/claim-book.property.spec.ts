import { examplePlan, exampleTarget, SequenceStory } from '@causeway/testkit';
import fc from 'fast-check';
import { ClaimBook, replay, type OpenSequence } from '../index';

const NAMES = ['a', 'b', 'c', 'd'];
const targets = new Map(NAMES.map((name) => [name, exampleTarget(name, { global: ['it'] })]));
const MOST = 7;
const idOf = (nr: number): string => `00000000-0000-8000-8000-00000000000${nr}`;

type Move =
  { readonly kind: 'submit'; readonly on: string[] } | { readonly kind: 'abort' | 'finish'; readonly nr: number };
const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('submit' as const), on: fc.subarray(NAMES, { minLength: 1 }) }),
    fc.record({ kind: fc.constantFrom('abort' as const, 'finish' as const), nr: fc.nat(MOST - 1) }),
  ),
  { minLength: 1, maxLength: 30 },
);

/** Sequences of one step a target, decided on as the sequencer does: who ends lets those right behind it move up. */
class Lives {
  readonly claims = new ClaimBook([], 0);
  readonly stories: SequenceStory[] = [];

  do(move: Move): void {
    if (move.kind === 'submit') this.submit(move.on);
    else {
      const story = this.stories[move.nr];
      if (story?.state.status === 'open') this.end(story, move.kind);
    }
  }

  submit(on: readonly string[]): void {
    if (this.stories.length === MOST) return;
    const story = new SequenceStory(targets, idOf(this.stories.length), this.claims);
    this.stories.push(story);
    const steps = Object.fromEntries(on.map((target) => [target, { target, needs: [], ready: { rung: 'accepted' } }]));
    story.intent(examplePlan(steps, ['us-east']));
  }

  /** Aborted before its results, or finished; who waits can only be aborted. */
  end(story: SequenceStory, how: 'abort' | 'finish'): void {
    const next = this.claims.behind(story.sequenceId);
    const isAtWork = phaseOf(story) === 'held';
    if (!isAtWork && how === 'finish') return;
    if (how === 'abort') story.decision('abort');
    const ordered = isAtWork
      ? [...new Set(story.orders.flatMap((one) => (one.kind === 'command' ? one.data.step : [])))]
      : [];
    for (const step of ordered) story.applied(step);
    for (const id of next) this.stories.find(({ sequenceId }) => sequenceId === id)?.freed();
  }
}

const open = (story: SequenceStory): OpenSequence => story.state as OpenSequence;
const phaseOf = (story: SequenceStory) => (story.state.status === 'open' ? story.state.claim?.phase : undefined);
const keysOf = (story: SequenceStory): string[] => open(story).acceptance.steps.map(({ target }) => target);
const shares = (one: SequenceStory, other: SequenceStory): boolean =>
  keysOf(one).some((key) => keysOf(other).includes(key));

function played(done: readonly Move[]): Lives {
  const lives = new Lives();
  for (const move of done) {
    lives.do(move);
    mustHold(lives.stories.filter(({ state }) => state.status === 'open'));
  }
  return lives;
}

/** After every decision. */
function mustHold(alive: readonly SequenceStory[]): void {
  const holders = alive.filter((story) => phaseOf(story) === 'held');
  for (const [i, one] of holders.entries())
    for (const other of holders.slice(i + 1)) expect(shares(one, other)).toBe(false);
  for (const story of alive.filter((one) => phaseOf(one) === 'waiting')) {
    const earlier = alive.filter((other) => open(other).claim!.turn < open(story).claim!.turn && shares(other, story));
    // Who waits has somebody earlier to wait for, commands nothing, and waits for nobody who came later.
    expect(earlier.length).toBeGreaterThan(0);
    expect(story.orders.filter(({ kind }) => kind === 'command')).toEqual([]);
    const { claim } = open(story);
    const ids = claim?.phase === 'waiting' ? claim.behind.map(({ sequenceId }) => sequenceId) : [];
    for (const id of ids) expect(earlier.map(({ sequenceId }) => sequenceId)).toContain(id);
  }
  // Whoever does not wait for somebody earlier is at work: never all wait.
  if (alive.length > 0) expect(holders.length).toBeGreaterThan(0);
}

describe('conflict keys', () => {
  it('are held by one at a time, in the order of asking, and never all wait', () => {
    fc.assert(
      fc.property(moves, (done) => void played(done)),
      { numRuns: 300 },
    );
  });

  it('come to everybody once those before have ended', () => {
    fc.assert(
      fc.property(moves, (done) => {
        const lives = played(done);
        const { stories } = lives;
        for (let left = MOST; left > 0; left--)
          for (const story of stories) if (phaseOf(story) === 'held') lives.end(story, 'finish');
        expect(stories.filter(({ state }) => state.status === 'open')).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('are known from the records alone, in whatever order the sequences are read', () => {
    fc.assert(
      fc.property(moves, fc.nat(), (done, from) => {
        const { claims, stories } = played(done);
        const read = stories.map(({ sequenceId, facts }) => ({ sequenceId, state: replay(facts) }));
        const again = new ClaimBook(
          [...read.slice(from % read.length), ...read.slice(0, from % read.length)],
          claims.turn,
        );
        for (const { sequenceId } of stories) expect(again.behind(sequenceId)).toEqual(claims.behind(sequenceId));
      }),
      { numRuns: 100 },
    );
  });

  it('take turns that are counted without gaps', () => {
    fc.assert(
      fc.property(moves, (done) => {
        const { claims, stories } = played(done);
        const turns = stories.flatMap(({ facts }) =>
          facts.flatMap((fact) => {
            if (fact.kind === 'keys-taken' || fact.kind === 'keys-awaited') return [fact.turn];
            return fact.kind === 'sequence-ended' && fact.keysFreed !== undefined ? [fact.keysFreed] : [];
          }),
        );
        const numbers = [...new Set(turns)].sort((a, b) => a - b);
        expect(numbers).toEqual(Array.from({ length: claims.turn }, (_, i) => i + 1));
      }),
      { numRuns: 100 },
    );
  });
});

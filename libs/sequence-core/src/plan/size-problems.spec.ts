import { examplePlan, exampleTarget, kindsOf, SequenceStory } from '@causeway/testkit';
import { checkPlan } from './check-plan';

const SCOPES = [...Array(20).keys()].map((i) => `s${i}`);
const MEMBERS = Object.fromEntries(SCOPES.map((scope) => [scope, ['m']]));
const targets = new Map([...Array(100).keys()].map((i) => [`t${i}`, exampleTarget(`t${i}`, MEMBERS)] as const));

const withDocument = (bytes: number): unknown =>
  examplePlan({ small: { target: 't0' }, large: { target: 't1', with: { value: 'x'.repeat(bytes) } } }, SCOPES);
const problemsOf = (plan: unknown) => {
  const checked = checkPlan(plan, targets);
  return checked.ok ? [] : checked.problems.map(({ code, pointer }) => ({ code, pointer }));
};

describe('a plan that no message could tell', () => {
  it('is too large where its steps are, as written, as they will run and as they are to be seen', () => {
    expect(problemsOf(withDocument(70_000))).toEqual([]);
    expect(problemsOf(withDocument(140_000))).toEqual([{ code: 'too-large', pointer: '/spec/steps/1' }]);
  });

  it('is too large by what a gate has to cite, of one step and of the end', () => {
    const steps = Object.fromEntries([...targets.keys()].map((target) => [`of-${target}`, { target, needs: [] }]));
    const last = { target: 't0', needs: Object.keys(steps) };
    expect(problemsOf(examplePlan(steps, SCOPES))).toEqual([{ code: 'too-large', pointer: '/spec/steps' }]);
    expect(problemsOf(examplePlan({ ...steps, last }, SCOPES))).toEqual([
      { code: 'too-large', pointer: '/spec/steps/100/needs' },
    ]);
  });

  it('is refused by the sequencer as any plan that cannot run, and recorded', () => {
    const story = new SequenceStory(targets);
    expect(kindsOf(story.intent(withDocument(140_000)))).toEqual(['intent-rejected']);
    expect(story.orders).toEqual([]);
  });
});

import { exampleMutation, TargetStory } from '@causeway/testkit';
import { evolveTarget, UNTOUCHED, replayTarget } from './target-state';

const mutation = exampleMutation({ by: { kind: 'executor', attemptId: null } });
const story = new TargetStory();
const [fact] = [story.see(mutation)];
const ordered = (version: number) => ({
  ...{ ...fact!, version, class: 'expected' as const },
  match: { sequenceId: '00000000-0000-8000-8000-00000000abcd', step: `step-${version}` },
});

describe('the stream of a target', () => {
  it('remembers how each resource was left', () => {
    expect(story.state.resources.get('values/one')?.last).toEqual({
      id: fact!.mutation,
      with: { value: 'new' },
      effect: 'set',
    });
  });

  it('refuses a fact that does not follow', () => {
    const [entry] = story.stream;
    expect(() => replayTarget([entry!, entry!])).toThrow('version 1 of target idp follows 1');
  });

  it('remembers a bounded number of attempts, the newest', () => {
    let state = UNTOUCHED;
    for (let version = 1; version <= 150; version++) state = evolveTarget(state, ordered(version), mutation);
    const { attempts = [] } = state.resources.get('values/one') ?? {};
    expect(attempts).toHaveLength(100);
    expect(attempts.at(-1)).toMatch(/step-150$/);
  });
});

import type { DecisionData, EvolutionRecord } from '@causeway/contracts';
import { exampleMutation, examplePlan, exampleTarget, SequenceStory } from '@causeway/testkit';
import { checkDecided } from './operator-rules';

type Resumed = Extract<EvolutionRecord, { kind: 'sequence-resumed' }>;

describe('verify of a resume when more mutations wait than one decision can name', () => {
  const ids = Array.from({ length: 1_001 }, (_, i) => `00000000-0000-7000-9000-${String(i).padStart(12, '0')}`);
  const story = new SequenceStory(new Map([['idp', exampleTarget('idp', { global: ['realm'] })]]));
  story.intent(examplePlan({ roles: { target: 'idp' } }, ['us-east']));
  for (const mutation of ids) story.mutation(exampleMutation({ target: 'idp' }), { mutation });
  const before = story.state;
  const accept = ids.slice(0, 1_000);
  const fact = story.decision('resume', accept)[0] as Resumed;
  const said: DecisionData = {
    ...{ sequenceId: story.sequenceId, verb: 'resume', accept, reason: fact.reason, decidedBy: fact.by },
  };
  const check = (accepted: string[]) => () =>
    checkDecided(before, { ...fact, accepted }, new Map([[fact.decision, said]]));

  it('finds a full part in order', () => {
    expect(fact.kind).toBe('sequence-resumed');
    expect(check(accept)).not.toThrow();
  });

  it('finds a part that leaves out what it could have named', () => {
    expect(check(accept.slice(1))).toThrow('was not accepted');
  });
});

import { RECORD_TYPE, topicNames, type EvolutionRecord, type RecordMessage } from '@causeway/contracts';
import { examplePlan, exampleTarget, SequenceStory } from '@causeway/testkit';
import { absentSequence, foldEntry, type Folded } from './folded';
import { gatesOf } from './gates';

const AT = '2026-01-01T03:00:00.000Z';

function foldedOf({ sequenceId }: SequenceStory, records: readonly EvolutionRecord[]): Folded {
  const message = { type: RECORD_TYPE, causationIds: [], data: { sequenceId, version: 1, records } };
  return foldEntry(absentSequence(sequenceId, 0), {
    ...{ index: 0, recordedAt: AT, eventId: 'e', type: RECORD_TYPE, topic: topicNames.records, leaf: '', sequenceId },
    ...{ step: null, message: message as unknown as RecordMessage },
  });
}

it('leaves out a gate that nothing touched, also one with a name of every object', () => {
  const story = new SequenceStory(new Map([['idp', exampleTarget('idp', { global: ['realm'] })]]));
  story.intent(examplePlan({ roles: { target: 'idp' }, constructor: { target: 'idp' } }, ['us-east']));
  expect(gatesOf(foldedOf(story, story.facts), new Map()).map(({ gate }) => gate)).toEqual(['roles']);
});

import { examplePlan, exampleTarget, kindsOf, SequenceStory } from '@causeway/testkit';

/** `constructor` is a good name of a step, and every object has something of that name. */
const targets = new Map([
  ['idp', exampleTarget('idp', { global: ['realm'] })],
  ['edge', exampleTarget('edge', { global: ['gw'] })],
]);
const begun = (plan: unknown): SequenceStory => {
  const story = new SequenceStory(targets);
  story.intent(plan);
  return story;
};
const roles = (): SequenceStory => begun(examplePlan({ roles: { target: 'idp' } }, ['us-east']));
const named = (): SequenceStory =>
  begun(
    examplePlan({ roles: { target: 'idp' }, constructor: { target: 'edge' }, 'to-string': { target: 'idp' } }, [
      'us-east',
    ]),
  );
const SHOWN = { value: 'new' };

describe('a name of every object', () => {
  it('is no step of a plan that has none of it: a result for it is refused', () => {
    const story = roles();
    const { id, data } = story.command('roles');
    const claimed = { ...data, step: 'constructor', commandDigest: 'a'.repeat(64) };
    const times = { startedAt: story.at, finishedAt: story.at };
    const outcome = { kind: 'applied', changed: true, acceptedAt: story.at, evidence: {} } as const;
    const facts = story.result('roles', outcome, { causationIds: [id], data: { ...claimed, ...times, outcome } });
    expect(facts).toMatchObject([{ kind: 'input-refused', type: 'result', code: 'unknown-step' }]);
  });

  it('is no step that a reading can be of', () => {
    const story = roles();
    story.applied('roles');
    const { id, data } = story.probe('roles');
    const { sequenceId, attempt, epoch, target } = data;
    const facts = story.when({
      ...{ kind: 'reading-received', eventId: story.newId(), digest: 'c'.repeat(64), seenAt: new Map() },
      data: { sequenceId, step: 'constructor', attempt, epoch, target, probeId: id, round: 1, readings: [] },
    });
    expect(facts).toEqual([]);
  });

  it('is held, opened, tried again and shown like any step that is called so', () => {
    const story = named();
    story.applied('roles');
    expect(kindsOf(story.reading('roles', { 'global/realm': null }))).toEqual(['gate-held constructor']);
    expect(kindsOf(story.reading('roles', { 'global/realm': SHOWN }))).toEqual([
      ...['step-ready roles', 'gate-opened constructor', 'step-commanded constructor'],
    ]);
    const no = { kind: 'not-applied', code: 'busy', message: 'locked', retriable: true, evidence: {} } as const;
    expect(story.result('constructor', no)).toMatchObject([{ kind: 'step-not-applied', final: false }]);
    expect(kindsOf(story.after(10_000))).toEqual(['gate-opened constructor', 'step-commanded constructor']);
    story.applied('constructor');
    expect(kindsOf(story.reading('constructor', { 'global/gw': null }))).toEqual(['gate-held to-string']);
    story.reading('constructor', { 'global/gw': SHOWN });
    story.applied('to-string');
    story.reading('to-string', { 'global/realm': SHOWN });
    expect(story.state).toMatchObject({ status: 'ended', outcome: 'completed' });
  });
});

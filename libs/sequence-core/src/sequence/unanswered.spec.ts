import { examplePlan, exampleTarget, kindsOf, SequenceStory } from '@causeway/testkit';

const idp = exampleTarget('idp', { global: ['realm'] });
const { 'set@v1': readable } = idp.spec.changes;
/** Its change can neither be read back nor repeated: class D. */
const mail = exampleTarget('idp', { global: ['realm'] }, { changes: { 'set@v1': { ...readable!, capability: 'D' } } });
const ABSENT = { kind: 'looked-up', state: 'absent', byThisAttempt: false, evidence: {} } as const;
const TEN_MINUTES = 600_000;

function begun(first = idp, mode: 'apply' | 'preview' = 'apply'): SequenceStory {
  const story = new SequenceStory(
    new Map([
      ['idp', first],
      ['edge', exampleTarget('edge', { global: ['gw'] })],
    ]),
  );
  story.intent(examplePlan({ roles: { target: 'idp' }, gateway: { target: 'edge' } }, ['us-east']), { mode });
  return story;
}

/** The apply itself is answered, though a look-up was ordered after it. */
function answeredLate(story: SequenceStory, outcome: Parameters<SequenceStory['result']>[1]) {
  const apply = story.orders.find((order) => order.kind === 'command');
  const looked = story.orders.splice(story.orders.indexOf(apply!) + 1);
  const facts = story.result('roles', outcome);
  story.orders.push(...looked);
  return facts;
}

describe('an apply that nobody answers', () => {
  it('is unknown after ten minutes, not before, and is looked up: the fact cites its command', () => {
    const story = begun();
    const { digest } = story.command('roles');
    expect(story.after(TEN_MINUTES - 1)).toEqual([]);
    expect(story.after(1)).toMatchObject([
      { kind: 'outcome-unknown', attempt: 1, result: digest },
      { kind: 'step-commanded', verb: 'look-up', attempt: 1 },
    ]);
  });

  it('is settled by a look-up that finds it', () => {
    const story = begun();
    story.after(TEN_MINUTES);
    const facts = story.result('roles', { ...ABSENT, state: 'in-effect' });
    expect(kindsOf(facts)).toEqual(['step-applied roles', 'probe-requested roles']);
  });

  it('is not tried again because a look-up finds nothing: it may still be carried out', () => {
    const story = begun();
    story.after(TEN_MINUTES);
    expect(story.result('roles', ABSENT)).toMatchObject([{ kind: 'outcome-unknown' }]);
    expect(story.after(59_999)).toEqual([]);
    expect(story.after(1)).toMatchObject([{ kind: 'step-commanded', verb: 'look-up' }]);
  });

  it('is believed when it is answered after all', () => {
    const late = begun();
    late.after(TEN_MINUTES);
    const applied = { kind: 'applied', changed: true, acceptedAt: late.at, evidence: {} } as const;
    expect(kindsOf(answeredLate(late, applied))).toEqual(['step-applied roles', 'probe-requested roles']);
    const refused = begun();
    refused.after(TEN_MINUTES);
    const busy = { kind: 'not-applied', code: 'busy', message: 'locked', retriable: true, evidence: {} } as const;
    expect(answeredLate(refused, busy)).toMatchObject([{ kind: 'step-not-applied', code: 'busy', final: false }]);
    expect(refused.after(2_000)).toMatchObject([{ kind: 'step-commanded', verb: 'apply', attempt: 2 }]);
  });

  it('of class D waits for a person, whose word settles it', () => {
    const story = begun(mail);
    expect(kindsOf(story.after(TEN_MINUTES))).toEqual(['outcome-unknown roles']);
    expect(story.after(TEN_MINUTES)).toEqual([]);
    expect(kindsOf(story.settlement('roles', true))).toEqual([
      ...['step-settled roles', 'step-applied roles', 'probe-requested roles'],
    ]);
  });

  it('lets an aborted sequence end: at once in class D, else once it is settled', () => {
    const dead = begun(mail);
    dead.decision('abort');
    dead.after(TEN_MINUTES);
    expect(dead.state).toMatchObject({ status: 'ended', outcome: 'aborted' });
    const story = begun();
    story.decision('abort');
    story.after(TEN_MINUTES);
    expect(kindsOf(story.settlement('roles', false)).at(-1)).toBe('sequence-ended');
  });

  it('keeps no preview from being aborted: a look changes nothing', () => {
    const story = begun(idp, 'preview');
    expect(story.after(TEN_MINUTES)).toEqual([]);
    expect(kindsOf(story.decision('abort'))).toEqual(['sequence-aborted', 'sequence-ended']);
  });
});

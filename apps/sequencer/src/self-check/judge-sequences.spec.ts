import { exampleMutation, examplePlan, exampleTarget, SequenceStory } from '@causeway/testkit';
import type { Finding } from '@causeway/self-check';
import { judgeSequence, judgeSequences } from './judge-sequences';

const idp = exampleTarget('idp', { global: ['realm'] });
const { 'set@v1': readable } = idp.spec.changes;
/** Its change can neither be read back nor repeated: class D. */
const mail = exampleTarget('idp', { global: ['realm'] }, { changes: { 'set@v1': { ...readable!, capability: 'D' } } });
const STEPS = { roles: { target: 'idp', ready: { within: '5m' } }, gateway: { target: 'edge' } };
const LOST = { kind: 'unknown', reason: 'the connection was reset', evidence: {} } as const;
const BUSY = { kind: 'not-applied', code: 'busy', message: 'locked', retriable: true, evidence: {} } as const;

function begun(first = idp, onFailure?: object): SequenceStory {
  const edge = exampleTarget('edge', { global: ['gw'] });
  const story = new SequenceStory(
    new Map([
      ['idp', first],
      ['edge', edge],
    ]),
  );
  const steps = { ...STEPS, roles: { ...STEPS.roles, ...(onFailure && { onFailure }) } };
  story.intent(examplePlan(steps, ['us-east']));
  return story;
}

/** What is said of it so long after its newest fact, with no look at the clock in between. */
const after = (story: SequenceStory, ms: number): Finding[] =>
  judgeSequence(story.sequenceId, story.state, Date.parse(story.at) + ms);

describe('a sequence', () => {
  it('at work is not mentioned: ordered a moment ago, or applied and waiting within the time its plan allows', () => {
    const story = begun();
    expect(after(story, 30_000)).toEqual([]);
    story.applied('roles');
    expect(after(story, 299_000)).toEqual([]);
  });

  it('whose executor does not answer is stuck on that executor', () => {
    expect(after(begun(), 61_000)).toMatchObject([
      {
        severity: 'failing',
        where: 'example 00000000-0000-8000-8000-00000000abcd',
        what: 'no result of roles from executor-tester since 2026-01-01 03:00:00Z',
        remedy: expect.stringContaining('executor-tester: is it running, does it reach idp?'),
      },
    ]);
  });

  it('whose outcome is unknown is looked up: stuck only when that takes long', () => {
    const story = begun();
    story.result('roles', LOST);
    expect(after(story, 30_000)).toEqual([]);
    expect(after(story, 61_000)).toMatchObject([{ severity: 'failing', what: expect.stringContaining('reset') }]);
  });

  it('whose outcome only a person can tell waits for settle, from the first moment', () => {
    const story = begun(mail);
    story.result('roles', LOST);
    expect(after(story, 0)).toMatchObject([
      {
        severity: 'attention',
        remedy: expect.stringContaining(
          `causeway settle ${story.sequenceId} roles --attempt 1 --applied (or --not-applied)`,
        ),
      },
    ]);
  });

  it('is stuck on a retry only once that is due', () => {
    const story = begun(idp, { attempts: 2, pause: '10m', longestPause: '10m', then: 'hold' });
    story.result('roles', BUSY);
    expect(after(story, 640_000)).toEqual([]);
    expect(after(story, 661_000)).toMatchObject([
      { severity: 'failing', what: expect.stringContaining('roles was to be tried again') },
    ]);
  });

  it('is not stuck on a retry that waits for what it needs to be shown again', () => {
    const story = begun(idp);
    story.applied('roles');
    story.reading('roles', { 'global/realm': { value: 'new' } });
    story.after(60_000);
    story.result('gateway', BUSY);
    story.after(2_000);
    expect(after(story, 120_000)).toEqual([]);
  });

  it('whose step is tried again only when somebody resumes says so, from the first moment', () => {
    const story = begun(idp, { attempts: 1, then: 'hold' });
    story.result('roles', BUSY);
    expect(after(story, 0)).toMatchObject([
      { severity: 'attention', remedy: expect.stringContaining(`causeway resume ${story.sequenceId}`) },
    ]);
  });

  it('that takes longer than its plan allows says where to look', () => {
    const story = begun();
    story.applied('roles');
    story.after(301_000);
    expect(after(story, 0)).toMatchObject([
      { severity: 'attention', remedy: expect.stringContaining(`causeway explain ${story.sequenceId} roles`) },
    ]);
  });

  it('that noticed a change around it waits for a person', () => {
    const story = begun();
    story.mutation(exampleMutation({ target: 'idp' }), {});
    expect(after(story, 0)).toMatchObject([
      {
        severity: 'attention',
        what: expect.stringContaining('1 changes around it wait for a decision'),
        remedy: expect.stringContaining(`causeway resume ${story.sequenceId} --accept-all`),
      },
    ]);
  });

  it('that waits to be begun, or has ended, is not mentioned', () => {
    const story = new SequenceStory(new Map([['idp', idp]]));
    story.intent(examplePlan({ roles: STEPS.roles }, ['us-east'], { start: 'on-resume' }));
    expect(after(story, 3_600_000)).toEqual([]);
    story.decision('abort');
    expect(story.state.status).toBe('ended');
    expect(after(story, 3_600_000)).toEqual([]);
  });
});

describe('the sequencer', () => {
  const states = new Map([...Array(2).keys()].map((i) => [`sequence-${i}`, begun().state] as const));
  const standing = { open: 2, due: 2, states };
  it('does not answer for sequences that it has not looked at', () => {
    const found = judgeSequences({ ...standing, open: 412, dueSinceMs: null }, Date.UTC(2026, 0, 1, 3));
    expect(found).toMatchObject([
      { severity: 'unknown', where: '412 open', what: expect.stringContaining('2 of 412 looked at') },
    ]);
    expect(judgeSequences({ ...standing, dueSinceMs: null }, Date.UTC(2026, 0, 1, 3))).toMatchObject([
      { severity: 'ok', what: 'none stuck' },
    ]);
  });

  it('that does not look at due times is found', () => {
    expect(judgeSequences({ ...standing, dueSinceMs: 0 }, 20_000)).toMatchObject([
      {
        severity: 'failing',
        where: 'sequencer',
        what: 'looks at no due time: 2 open sequences wait for it, since 20 s',
      },
    ]);
    expect(judgeSequences({ ...standing, dueSinceMs: 0 }, 1_000)).toMatchObject([{ severity: 'ok' }]);
  });
});

import type { EntryItem } from '@causeway/console-api';
import type { Entry } from '@causeway/contracts';
import { examplePlan, exampleTarget, ToldLedger } from '@causeway/testkit';
import { explain } from '../../../console/src/fold/explain';
import { absentSequence, foldEntry } from '../../../console/src/fold/folded';
import { idsBefore, queueOf } from '../../../console/src/fold/queue';
import { recordedOf } from '../../../console/src/fold/recorded';
import { viewOf } from '../../../console/src/fold/view';
import { explainText } from './explain';
import { Narrator } from './narrate';
import { PLAIN } from './paint';
import { listText, statusText } from './status';

const targets = new Map([['idp', exampleTarget('idp', { global: ['realm'] })]]);
const ledger = new ToldLedger(targets);
const [first, second, third] = ['CHG-1', 'CHG-2', 'CHG-3'].map((key) => {
  ledger.pass(1_000);
  return ledger.submit(examplePlan({ roles: { target: 'idp' } }, ['us-east']), { key });
}) as [ReturnType<ToldLedger['submit']>, ReturnType<ToldLedger['submit']>, ReturnType<ToldLedger['submit']>];

const entriesOf = (id: string) =>
  ledger.entries
    .map((text) => recordedOf(JSON.parse(text) as Entry, text))
    .filter(({ sequenceId }) => sequenceId === id);
const nowMs = (): number => Date.parse(ledger.at) + 4_000;
const answerOf = (id: string) => viewOf(entriesOf(id).reduce(foldEntry, absentSequence(id, 0)), nowMs());

describe('a sequence that waits for another one', () => {
  it('says in its status and in the list for which, and since when', () => {
    const view = answerOf(second.id);
    expect(statusText(view, nowMs(), PLAIN)).toContain(
      `step roles is held:\n  conflict: sequence ${first.id} (step roles) comes first at idp/set; since 12:00:02Z (5 s)`,
    );
    expect(listText([view], nowMs())).toContain('roles waits for another sequence to leave its conflict keys (5 s)');
  });

  it('is explained with everybody before it, in the order of the line', () => {
    const view = answerOf(third.id);
    expect(idsBefore(view)).toEqual([second.id]);
    const queue = queueOf([second, first].map(({ id }) => answerOf(id)));
    expect(explainText(explain(view, [], null, queue), nowMs(), PLAIN)).toBe(
      [
        'waiting: Step roles waits for its turn at idp/set.',
        '  since 12:00:03Z (4 s)',
        '',
        `  sequence ${second.id} (step roles) comes first at idp/set`,
        '    since 12:00:03Z (4 s)',
        `    unblocked by: the end of sequence ${second.id}, which can also be given up: causeway abort`,
        '',
        '  before it:',
        `    1. ${first.id} (example, CHG-1) has its keys, since 12:00:01Z (6 s): at work`,
        `    2. ${second.id} (example, CHG-2) waits too, since 12:00:02Z (5 s): roles waits for another sequence to leave its conflict keys`,
        '',
        '  next: sequencer: it begins by itself when the 2 sequences before it ended',
        `  as of ledger index ${view.asOf}`,
      ].join('\n'),
    );
  });

  it('is told when its turn has come', () => {
    first.applied('roles');
    first.reading('roles', { 'global/realm': { value: 'new' } });
    const narrator = new Narrator(PLAIN);
    const told = entriesOf(second.id).flatMap((one) =>
      narrator.linesOf({ ...one, index: String(one.index) } as unknown as EntryItem),
    );
    expect(told.slice(1)).toEqual([
      '12:00:02Z  HELD       roles waits for another sequence',
      `                      sequence ${first.id} (step roles) comes first at idp/set, since 12:00:02Z`,
      '12:00:03Z  its turn   nobody is before it at its conflict keys',
      '12:00:03Z  gate open  roles: it needs nothing before it',
      '12:00:03Z  ordered    roles at idp',
    ]);
    expect(answerOf(second.id)).toMatchObject({ status: 'running', claim: { phase: 'held', behind: [] } });
  });
});

describe('a step that was not applied', () => {
  const story = new ToldLedger(targets);
  const policy = { attempts: 2, pause: '10s', then: 'hold' };
  const sequence = story.submit(examplePlan({ roles: { target: 'idp', onFailure: policy } }, ['us-east']));
  const busy = { kind: 'not-applied' as const, code: 'busy', message: 'locked', retriable: true, evidence: {} };
  const explained = (): string => {
    const folded = story.entries
      .map((text) => recordedOf(JSON.parse(text) as Entry, text))
      .reduce(foldEntry, absentSequence(sequence.id, 0));
    return explainText(explain(viewOf(folded, Date.parse(story.at)), []), Date.parse(story.at), PLAIN);
  };

  it('is explained: attempt k of n, when the next one is due, and who has to decide when there is none', () => {
    sequence.result('roles', busy);
    expect(explained()).toContain('Step roles was not applied at attempt 1 of 2: locked. It is tried again.');
    expect(explained()).toContain('next: sequencer: attempt 2 is ordered at 12:00:10Z at the earliest');
    sequence.after(10_000);
    sequence.result('roles', busy);
    expect(explained()).toContain("waits for an operator's decision about step roles, which was not applied");
    expect(explained()).toContain(`next: an operator: causeway resume ${sequence.id} --reason "..."`);
  });
});

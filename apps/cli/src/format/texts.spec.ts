import type { EntryItem, GateView, SequenceView } from '@causeway/console-api';
import type { Entry } from '@causeway/contracts';
import { GoneAround, LAGGING_PLAN, LAGGING_TARGETS, LaggingRegion, ToldLedger } from '@causeway/testkit';
import { explain } from '../../../console/src/fold/explain';
import { absentSequence, foldEntry } from '../../../console/src/fold/folded';
import { gatesOf } from '../../../console/src/fold/gates';
import { recordedOf } from '../../../console/src/fold/recorded';
import { viewOf } from '../../../console/src/fold/view';
import { explainText } from './explain';
import { Narrator } from './narrate';
import { PLAIN } from './paint';
import { previewText } from './preview';
import { listText, statusText } from './status';

const recordedIn = (ledger: ToldLedger) => ledger.entries.map((text) => recordedOf(JSON.parse(text) as Entry, text));

/** What the console answers about the one sequence of a told ledger, 4 s after the last thing told. */
function answerOf(ledger: ToldLedger): {
  readonly view: SequenceView;
  readonly gates: GateView[];
  readonly nowMs: number;
} {
  const entries = recordedIn(ledger);
  const id = entries[0]?.sequenceId ?? '';
  const nowMs = Date.parse(ledger.at) + 4_000;
  const own = entries.filter(({ sequenceId }) => sequenceId === id);
  const folded = own.reduce(foldEntry, absentSequence(id, 0));
  const places = new Map(entries.map(({ eventId, index }) => [eventId, index]));
  return { view: viewOf(folded, nowMs), gates: gatesOf(folded, places), nowMs };
}

function narrationOf(ledger: ToldLedger): string {
  const narrator = new Narrator(PLAIN);
  return recordedIn(ledger)
    .flatMap((entry) => narrator.linesOf({ ...entry, index: String(entry.index) } as unknown as EntryItem))
    .join('\n');
}

const lines = (...text: string[]): string => text.join('\n');

describe('a sequence that waits for a lagging region', () => {
  const story = new LaggingRegion().untilHeld();
  const { view, gates, nowMs } = answerOf(story.ledger);

  it('has a status that names what is missing, since when, and when it last answered', () => {
    expect(statusText(view, nowMs, PLAIN)).toBe(
      lines(
        `sequence  ${view.id}  waiting`,
        `plan      example, digest ${view.planDigest.slice(0, 12)}`,
        'key       CHG-4711',
        'by        team-identity, through publisher-ci',
        'reason    a story',
        'started   2026-01-31 12:00:00Z',
        'as of     ledger index 13',
        '',
        'STEP       TARGET  CHANGE  STATE      GLOBAL           US-EAST          EU-WEST',
        'idp-roles  idp     set@v1  effective  ready 12:00:01Z',
        'gateway    edge    set@v1  applied                     ready 12:00:04Z  waits: gw-eu-1, gw-eu-2',
        'flag       flags   set@v1  waiting                     -                -',
        '',
        'step flag is held:',
        '  eu-west/gw-eu-1 (gateway)  not-yet: value is "old", wanted "new"; since 12:00:04Z (4 s), last seen 4 s ago',
        '  eu-west/gw-eu-2 (gateway)  unreachable: no answer within 2 s; since 12:00:04Z (4 s), never seen',
      ),
    );
  });

  it('is one line of the list', () => {
    expect(listText([view], nowMs)).toBe(
      lines(
        'SEQUENCE                              STATUS   PLAN     STARTED               WAITING FOR',
        `${view.id}  waiting  example  2026-01-31 12:00:00Z  flag waits for gateway in eu-west: gw-eu-1, gw-eu-2 (4 s)`,
      ),
    );
  });

  it('is explained: why, what would unblock it, what comes next', () => {
    expect(explainText(explain(view, gates), nowMs, PLAIN)).toBe(
      lines(
        'waiting: Step flag waits for gw-eu-1 (eu-west) of step gateway, gw-eu-2 (eu-west) of step gateway.',
        '  since 12:00:04Z (4 s)',
        '',
        '  gw-eu-1 in eu-west does not show the change yet: value is "old", wanted "new"',
        '    since 12:00:04Z (4 s), last seen 4 s ago',
        '    unblocked by: gw-eu-1 in eu-west shows the change of step gateway',
        '',
        '  gw-eu-2 in eu-west could not be reached: no answer within 2 s',
        '    since 12:00:04Z (4 s), never seen',
        '    unblocked by: a fresh reading of gw-eu-2 in eu-west that shows the change of step gateway',
        '',
        '  gate of idp-roles: opened 12:00:00Z at once: it needs nothing before it',
        `  gate of gateway: opened 12:00:01Z on idp-roles in global (seen 12:00:01Z, evidence ${gates[1]?.shown[0]?.evidence.slice(0, 12)}, ledger #6)`,
        '  gate of flag: held for 4 s by gateway in eu-west: gw-eu-1, gw-eu-2',
        '',
        '  next: readiness-prober: the prober keeps looking at the pace its target declares; a look that shows the change opens the gate by itself',
        '  as of ledger index 13',
      ),
    );
  });

  it('tells a reason that holds several gates once', () => {
    const explained = explain(view, gates);
    const twice = explained.because.flatMap((reason) => [reason, { ...reason, gate: 'another' }]);
    expect(explainText({ ...explained, because: twice }, nowMs, PLAIN)).toBe(explainText(explained, nowMs, PLAIN));
  });

  it('tells the age of the newest answer, not of the one that began the hold', () => {
    story.ledger.pass(60_000);
    story.sequence.reading('gateway', {
      'us-east/gw-us-1': { value: 'new' },
      'eu-west/gw-eu-1': { value: 'old' },
      'eu-west/gw-eu-2': null,
    });
    const later = answerOf(story.ledger);
    expect(later.view.holds.map(({ since, lastReadingAgeMs }) => [since, lastReadingAgeMs])).toEqual([
      ['2026-01-31T12:00:04.500Z', 4_000],
      ['2026-01-31T12:00:04.500Z', null],
    ]);
  });
});

describe('watch', () => {
  it('tells the whole story in lines', () => {
    const { ledger } = new LaggingRegion().untilHeld().untilCompleted();
    const { view } = answerOf(ledger);
    expect(view.status).toBe('completed');
    expect(narrationOf(ledger)).toBe(
      lines(
        `12:00:00Z  accepted   plan example, 3 steps, digest ${view.planDigest.slice(0, 12)}`,
        '12:00:00Z  gate open  idp-roles: it needs nothing before it',
        '12:00:00Z  ordered    idp-roles at idp',
        '12:00:01Z  applied    idp-roles: changed',
        '12:00:01Z  ready      idp-roles is effective in global',
        '12:00:01Z  gate open  gateway: idp-roles is ready in global',
        '12:00:01Z  ordered    gateway at edge',
        '12:00:02Z  applied    gateway: changed',
        '12:00:04Z  ready      gateway in us-east (seen 12:00:04Z)',
        '12:00:04Z  HELD       flag waits for gateway',
        '                      eu-west/gw-eu-1  not-yet: value is "old", wanted "new" (gateway; since 12:00:04Z, last seen 12:00:04Z)',
        '                      eu-west/gw-eu-2  unreachable: no answer within 2 s (gateway; since 12:00:04Z, never seen)',
        '12:00:34Z  ready      gateway is effective in us-east, eu-west',
        '12:00:34Z  gate open  flag: gateway is ready in us-east, eu-west',
        '12:00:34Z  ordered    flag at flags',
        '12:00:35Z  applied    flag: changed',
        '12:00:36Z  ready      flag is effective in us-east, eu-west',
        '12:00:36Z  gate open  the end: flag is ready in us-east, eu-west',
        '12:00:36Z  ended      the sequence is completed',
      ),
    );
  });
});

describe('explain of a completed sequence', () => {
  it('tells how long a gate was held, for whom, and on what evidence it opened', () => {
    const { ledger } = new LaggingRegion().untilHeld().untilCompleted();
    const { view, gates, nowMs } = answerOf(ledger);
    const text = explainText(explain(view, gates, 'flag'), nowMs, PLAIN).replaceAll(
      /evidence [0-9a-f]{12}/g,
      'evidence #',
    );
    expect(text).toContain(
      'gate of flag: held for 30 s by gateway in eu-west: gw-eu-1, gw-eu-2; opened 12:00:34Z on ' +
        'gateway in us-east (seen 12:00:04Z, evidence #, ledger #14), gateway in eu-west (seen 12:00:34Z, evidence #, ledger #14)',
    );
  });
});

describe('plan', () => {
  it('says of each step whether it would change something', () => {
    const ledger = new ToldLedger(LAGGING_TARGETS);
    const sequence = ledger.submit(LAGGING_PLAN, { mode: 'preview' });
    const found = (step: string, state: 'in-effect' | 'absent'): void =>
      sequence.result(step, { kind: 'looked-up', state, byThisAttempt: null, evidence: {} });
    found('idp-roles', 'in-effect');
    found('gateway', 'absent');
    sequence.result('flag', { kind: 'unknown', reason: 'no answer', evidence: {} });
    const { view } = answerOf(ledger);
    expect(previewText(view)).toBe(
      lines(
        `plan example, digest ${view.planDigest.slice(0, 12)}`,
        '',
        '   STEP       TARGET  CHANGE  THIS            AFTER',
        '=  idp-roles  idp     set@v1  is already so   -',
        '~  gateway    edge    set@v1  would change    idp-roles',
        '?  flag       flags   set@v1  cannot be told  gateway',
        '',
        '1 step would change something, 1 already so, 1 cannot be told.',
      ),
    );
  });
});

describe('what went wrong', () => {
  it('is told for a step that was not applied, with what never started because of it', () => {
    const ledger = new ToldLedger(LAGGING_TARGETS);
    const refusal = { code: 'forbidden', message: 'the realm refused: 403', retriable: false, evidence: {} };
    ledger.submit(LAGGING_PLAN).result('idp-roles', { kind: 'not-applied', ...refusal });
    const { view, gates, nowMs } = answerOf(ledger);
    expect(statusText(view, nowMs, PLAIN)).toContain('\n\nidp-roles not-applied: forbidden: the realm refused: 403');
    expect(explainText(explain(view, gates), nowMs, PLAIN).split('\n')[0]).toBe(
      'failed: The sequence failed: step idp-roles was not applied: forbidden: the realm refused: 403. Not started because of it: gateway, flag.',
    );
    expect(narrationOf(ledger).split('\n').slice(-2)).toEqual([
      '12:00:00Z  failed     idp-roles: forbidden: the realm refused: 403',
      '12:00:00Z  failed     the sequence failed',
    ]);
  });

  it('is told for an outcome that nobody knows, with who settles it', () => {
    const ledger = new ToldLedger(LAGGING_TARGETS);
    const sequence = ledger.submit(LAGGING_PLAN);
    sequence.result('idp-roles', { kind: 'unknown', reason: 'the connection was reset', evidence: {} });
    const { view, gates, nowMs } = answerOf(ledger);
    expect(explainText(explain(view, gates, 'idp-roles'), nowMs, PLAIN)).toBe(
      lines(
        'running: It is not known whether step idp-roles took effect: the connection was reset. It is never ordered again blindly.',
        '  since 12:00:00Z (4 s)',
        '',
        '  gate of idp-roles: opened 12:00:00Z at once: it needs nothing before it',
        '',
        '  next: executor-tester: a look-up at the target settles it; where the target cannot tell, a person who has looked: ' +
          `causeway settle ${sequence.id} idp-roles --attempt 1 --applied (or --not-applied) --reason "..."`,
        '  as of ledger index 5',
      ),
    );
  });

  it('is told for a plan that was refused, place by place', () => {
    const ledger = new ToldLedger(LAGGING_TARGETS);
    const spec = { scopes: ['us-east'], steps: [{ id: 'a', target: 'nope', change: 'set@v1' }] };
    ledger.submit({ ...(LAGGING_PLAN as object), spec });
    const { view, nowMs } = answerOf(ledger);
    expect(view.status).toBe('rejected');
    expect(statusText(view, nowMs, PLAIN)).toMatch(/refused: plan-refused\n {2}\/spec\/steps\/0\/target: .*"nope"/);
    expect(narrationOf(ledger)).toContain('/spec/steps/0/target: ');
  });
});

describe('a sequence that people go around', () => {
  const story = new GoneAround().untilHeld();

  it('is watched with what was done, by whom, and that an operator has to decide', () => {
    const told = narrationOf(story.ledger).split('\n');
    expect(told).toContain(
      '12:00:04Z  HELD       flags was changed by release-team (early): values/one: somebody else did what step flag of example (CHG-4712) is to do later: its turn has not come',
    );
    expect(told).toContain('12:00:04Z  HELD       flag waits for gateway, an operator');
  });

  it('has a status that says diverged, and which mutations wait for a decision', () => {
    const { view, nowMs } = answerOf(story.ledger);
    const text = statusText(view, nowMs, PLAIN);
    expect(text).toContain(`sequence  ${view.id}  waiting, diverged\n`);
    expect(text).toContain(
      lines(
        'noticed at its targets:',
        `  12:00:04Z  early  flags (flag) by release-team, waits for a decision  ${story.flagByHand}`,
        `  12:00:04Z  undeclared  idp by idp-team, waits for a decision  ${story.otherRole}`,
        `decide: causeway explain ${view.id}`,
      ),
    );
  });

  it('is explained after an abort with who gave it up, and why', () => {
    const aborted = new GoneAround().untilHeld().untilFollowed();
    aborted.sequence.decided('abort', [], 'wrong plan');
    const { view, gates, nowMs } = answerOf(aborted.ledger);
    expect(explainText(explain(view, gates), nowMs, PLAIN).split('\n')[0]).toBe(
      'aborted, diverged: The sequence is aborted, by on-call: wrong plan, and diverged: things were done at its targets that the plan does not explain, or not then.',
    );
  });
});

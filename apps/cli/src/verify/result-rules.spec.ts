import { READING_TYPE, RESULT_TYPE, type Outcome } from '@causeway/contracts';
import { examplePlan, exampleTarget, LaggingRegion, ToldLedger, type ToldSequence } from '@causeway/testkit';
import { Retelling, type PlainData, type PlainFact } from '../../spec/retelling';

const APPLIED: Outcome = { kind: 'applied', changed: true, acceptedAt: '2026-01-31T12:00:00.000Z', evidence: {} };
const BUSY: Outcome = { kind: 'not-applied', code: 'busy', message: 'locked', retriable: true, evidence: {} };
const UNKNOWN: Outcome = { kind: 'unknown', reason: 'the connection was reset', evidence: {} };
const REFUSED: Outcome = { kind: 'refused', code: 'busy', message: 'not now' };
const ABSENT: Outcome = { kind: 'looked-up', state: 'absent', byThisAttempt: null, evidence: {} };
const OTHER_ID = '00000000-0000-7000-8000-000000000009';

/** One step, and what became of it. */
function story(
  tell: (sequence: ToldSequence, ledger: ToldLedger) => void,
  mode: 'apply' | 'preview' = 'apply',
): Retelling {
  const ledger = new ToldLedger(new Map([['idp', exampleTarget('idp', { global: ['realm'] })]]));
  tell(ledger.submit(examplePlan({ roles: { target: 'idp' } }, ['us-east']), { mode }), ledger);
  return new Retelling(ledger);
}

/** The first result says otherwise, and is cited as before. */
const resulting = (told: Retelling, change: PlainData) =>
  told.verdict(
    told.resaying(
      RESULT_TYPE,
      () => true,
      (data) => ({ ...data, ...change }),
    ),
  );
/** The last fact of a kind is told otherwise. */
const telling = (told: Retelling, kind: string, change: PlainData) =>
  told.verdict(
    told.deciding(
      (fact) => fact.kind === kind,
      (facts) => facts.map((fact) => (fact.kind === kind ? ({ ...fact, ...change } as PlainFact) : fact)),
    ),
  );

describe('verify of a step that was applied', () => {
  const told = story((sequence) => sequence.applied('roles'));

  it('finds it in order', () => {
    expect(told.verdict()).toMatchObject({ ok: true });
  });

  it.each<[string, Outcome]>([
    ['was not applied', BUSY],
    ['is unknown', UNKNOWN],
    ['was refused', REFUSED],
    ['was looked up as absent', ABSENT],
  ])('finds that the result it cites says that it %s', (_name, outcome) => {
    expect(resulting(told, { outcome })).toMatchObject({ ok: false, index: 4, code: 'result-says-otherwise' });
  });

  it.each<[string, PlainData]>([
    ['another step', { step: 'other' }],
    ['another target', { target: 'other' }],
    ['another attempt', { attempt: 2 }],
    ['another epoch', { epoch: 2 }],
    ['another command', { commandDigest: 'a'.repeat(64) }],
  ])('finds that the result it cites is of %s', (_name, change) => {
    expect(resulting(told, change)).toMatchObject({ ok: false, index: 4, code: 'result-of-another' });
  });

  it('finds that another executor said so', () => {
    const text = told.deciding(
      ({ kind }) => kind === 'sequence-accepted',
      (facts) =>
        facts.map((fact) => {
          if (fact.kind !== 'sequence-accepted') return fact;
          return { ...fact, steps: (fact.steps as PlainData[]).map((step) => ({ ...step, executor: 'other' })) };
        }),
    );
    expect(told.verdict(text)).toMatchObject({ ok: false, code: 'result-of-another' });
  });

  it('finds that it was settled by no look-up', () => {
    expect(telling(told, 'step-applied', { settledByLookUp: true })).toMatchObject({ code: 'result-says-otherwise' });
  });
});

describe('verify of a step that was not applied', () => {
  const told = story((sequence) => {
    sequence.result('roles', BUSY);
    sequence.after(2_000);
  });

  it('finds it in order, by a refusal as well', () => {
    expect(told.verdict()).toMatchObject({ ok: true });
    expect(resulting(told, { outcome: REFUSED })).toMatchObject({ ok: true });
  });

  it.each<[string, Outcome]>([
    ['is not known', UNKNOWN],
    ['was', APPLIED],
  ])('finds that it is tried again though it %s', (_name, outcome) => {
    expect(resulting(told, { outcome })).toMatchObject({ ok: false, index: 4, code: 'result-says-otherwise' });
  });
});

describe('verify of an unknown outcome', () => {
  const lookedUp = story((sequence) => {
    sequence.result('roles', UNKNOWN);
    sequence.result('roles', ABSENT);
  });

  it('finds what a look-up settled in order, and what was found in part', () => {
    expect(lookedUp.verdict()).toMatchObject({ ok: true });
    expect(telling(lookedUp, 'step-not-applied', { code: 'found-in-part' })).toMatchObject({ ok: true });
  });

  it('takes a command for the evidence of no other fact than that nobody answered it', () => {
    const found = telling(lookedUp, 'step-not-applied', { result: digestOfFirst(lookedUp) });
    expect(found).toMatchObject({ ok: false, code: 'result-not-recorded-before' });
  });

  it('finds that a look-up which failed is taken for a step that was not applied', () => {
    const told = story((sequence) => {
      sequence.result('roles', UNKNOWN);
      sequence.result('roles', REFUSED);
    });
    expect(told.verdict()).toMatchObject({ ok: true });
    const text = told.deciding(
      ({ kind, reason }) => kind === 'outcome-unknown' && reason === 'the look-up gave no answer',
      (facts) =>
        facts.map(({ reason: _gone, ...fact }) => {
          return { ...fact, kind: 'step-not-applied', code: 'found-absent', message: 'none', final: true } as PlainFact;
        }),
    );
    expect(told.verdict(text)).toMatchObject({ ok: false, code: 'result-says-otherwise' });
  });
});

const digestOfFirst = (told: Retelling): unknown => {
  const facts = told
    .entries()
    .flatMap(({ data }) => (JSON.parse(data.value) as { data: { records?: PlainFact[] } }).data.records ?? []);
  return facts.find(({ kind }) => kind === 'step-commanded')?.commandDigest;
};

describe('verify finds, though all is signed,', () => {
  it('a doubled effect that nobody suspected', () => {
    const told = story((sequence) =>
      sequence.result('roles', { ...APPLIED, duplicateSuspected: 'interrupted before' }),
    );
    expect(told.verdict()).toMatchObject({ ok: true });
    expect(resulting(told, { outcome: APPLIED })).toMatchObject({ ok: false, code: 'result-says-otherwise' });
  });

  it('a preview that found something else', () => {
    const told = story((sequence) => sequence.result('roles', ABSENT), 'preview');
    expect(told.verdict()).toMatchObject({ ok: true });
    const found = telling(told, 'step-previewed', { state: 'already-so' });
    expect(found).toMatchObject({ ok: false, code: 'result-says-otherwise' });
  });

  it.each<[string, PlainData]>([
    ['another request for a look', { probeId: OTHER_ID }],
    ['an earlier attempt', { attempt: 2 }],
    ['another epoch', { epoch: 2 }],
  ])('a gate that cites a reading of %s', (_name, change) => {
    const told = new Retelling(new LaggingRegion().untilHeld().untilCompleted().ledger);
    const text = told.resaying(
      READING_TYPE,
      ({ step }) => step === 'idp-roles',
      (data) => ({ ...data, ...change }),
    );
    expect(told.verdict(text)).toMatchObject({ ok: false, code: 'gate-evidence-of-another' });
  });
});

import type { Outcome } from '@causeway/contracts';
import { examplePlan, exampleTarget, ToldLedger } from '@causeway/testkit';
import { Retelling, type PlainFact } from '../../spec/retelling';

const targets = new Map([['idp', exampleTarget('idp', { global: ['realm'] })]]);
const BUSY: Outcome = { kind: 'not-applied', code: 'busy', message: 'locked', retriable: true, evidence: {} };

/** Fails twice, is held, and is tried again when an operator resumes. */
const ledger = new ToldLedger(targets);
const sequence = ledger.submit(
  examplePlan({ roles: { target: 'idp', onFailure: { attempts: 2, pause: '10s', then: 'hold' } } }, ['us-east']),
);
sequence.result('roles', BUSY);
sequence.after(10_000);
sequence.result('roles', BUSY);
ledger.pass(1_000);
sequence.decided('resume', [], 'the realm is free again');
sequence.after(1_000);
const told = new Retelling(ledger);

const failure = (attempt: number) => (fact: PlainFact) => fact.kind === 'step-not-applied' && fact.attempt === attempt;
const failing = (attempt: number, change: Record<string, unknown>) =>
  told.verdict(
    told.deciding(failure(attempt), (facts) =>
      facts.map((fact) => (failure(attempt)(fact) ? { ...fact, ...change } : fact)),
    ),
  );

describe('verify of a step that was tried again', () => {
  it('finds it in order', () => {
    expect(told.verdict()).toMatchObject({ ok: true, sequences: 1 });
  });

  it.each([
    ['sooner than its plan says', 1, { retryAt: '2026-01-31T12:00:01.000Z' }],
    ['before its time', 1, { retryAt: '2026-01-31T13:00:00.000Z' }],
    ['more often than its plan allows', 2, { retryAt: '2026-01-31T12:00:30.000Z' }],
    ['after what is called final', 1, { final: true, retryAt: undefined }],
  ])('finds an attempt that is ordered %s', (_what, attempt, change) => {
    expect(failing(attempt, change)).toMatchObject({ ok: false, code: 'attempt-not-allowed' });
  });

  it('finds in order what was left in part and is held against a plan that says fail', () => {
    const halfDone = new ToldLedger(targets);
    const held = halfDone.submit(examplePlan({ roles: { target: 'idp', onFailure: { attempts: 1 } } }, ['us-east']));
    held.result('roles', { kind: 'unknown', reason: 'lost', evidence: {} });
    held.result('roles', { kind: 'looked-up', state: 'absent', byThisAttempt: null, evidence: { partial: true } });
    halfDone.pass(1_000);
    held.decided('resume', [], 'the other half can be written now');
    held.after(1_000);
    expect(new Retelling(halfDone).verdict()).toMatchObject({ ok: true, sequences: 1 });
  });

  it('finds an attempt that nobody resumed', () => {
    const resumed = (fact: PlainFact): boolean => fact.kind === 'sequence-resumed';
    const text = told.deciding(resumed, (facts) =>
      facts.map(({ at, ...fact }) =>
        resumed(fact as PlainFact)
          ? ({
              kind: 'input-refused',
              input: fact.decision,
              type: 'decision',
              code: 'none',
              message: 'none',
              at,
            } as PlainFact)
          : ({ ...fact, at } as PlainFact),
      ),
    );
    expect(told.verdict(text)).toMatchObject({ ok: false, code: 'commanded-while-held' });
  });
});

describe('verify of an attempt that nobody answered', () => {
  const silent = new ToldLedger(targets);
  silent.submit(examplePlan({ roles: { target: 'idp' } }, ['us-east'])).after(600_000);
  const account = new Retelling(silent);
  const isUnknown = (fact: PlainFact): boolean => fact.kind === 'outcome-unknown';
  const saying = (change: Record<string, unknown>) =>
    account.verdict(
      account.deciding(isUnknown, (facts) => facts.map((fact) => (isUnknown(fact) ? { ...fact, ...change } : fact))),
    );

  it('finds in order that it is looked up', () => {
    expect(saying({})).toMatchObject({ ok: true, sequences: 1 });
  });

  it.each([
    ['that cites something else', { result: 'f'.repeat(64) }],
    ['of another attempt', { attempt: 2 }],
    ['before its time', { at: '2026-01-31T12:09:00.000Z' }],
  ])('finds an unknown outcome %s', (_what, change) => {
    expect(saying(change)).toMatchObject({ ok: false, code: 'result-not-recorded-before' });
  });
});

import { READING_TYPE } from '@causeway/contracts';
import { examplePlan, exampleTarget, ToldLedger, type ToldSequence } from '@causeway/testkit';
import { Retelling, type PlainFact } from '../../spec/retelling';

const TARGETS = new Map(['idp', 'edge', 'flags'].map((name) => [name, exampleTarget(name, { global: ['one'] })]));
const PLAN = examplePlan(
  {
    roles: { target: 'idp', needs: [] },
    gateway: { target: 'edge', needs: [] },
    flag: { target: 'flags', needs: ['roles', 'gateway'] },
  },
  ['us-east'],
);
const BUSY = { kind: 'not-applied', code: 'busy', message: 'locked', retriable: true, evidence: {} } as const;
const sees = (sequence: ToldSequence, step: string) => sequence.reading(step, { 'global/one': { value: 'new' } });

/** Two steps are shown, so long after each other; evidence may be 10 s old. */
function story(apartMs: number): { ledger: ToldLedger; sequence: ToldSequence } {
  const ledger = new ToldLedger(TARGETS);
  const sequence = ledger.submit(PLAN);
  sequence.applied('roles');
  sequence.applied('gateway');
  sees(sequence, 'roles');
  ledger.pass(apartMs);
  sees(sequence, 'gateway');
  return { ledger, sequence };
}
const gateOfFlag = ({ kind, step }: PlainFact): boolean => kind === 'gate-opened' && step === 'flag';
const later = (at: unknown, ms: number): string => new Date(Date.parse(String(at)) + ms).toISOString();
/** The gate opened at another time. */
const opened = (told: Retelling, byMs: number) =>
  told.verdict(
    told.deciding(gateOfFlag, (facts) =>
      facts.map((fact) => (gateOfFlag(fact) ? { ...fact, at: later(fact.at, byMs) } : fact)),
    ),
  );

describe('verify of a gate whose needs were shown at different times', () => {
  it('finds in order that it opened on evidence that was new enough', () => {
    expect(new Retelling(story(10_000).ledger).verdict()).toMatchObject({ ok: true });
  });

  it('finds in order that its needs were looked at once more, and that it opened on that', () => {
    const { ledger, sequence } = story(60_000);
    sees(sequence, 'roles');
    sees(sequence, 'gateway');
    sequence.applied('flag');
    sees(sequence, 'flag');
    expect(sequence.state).toMatchObject({ status: 'ended', outcome: 'completed' });
    expect(new Retelling(ledger).verdict()).toMatchObject({ ok: true });
  });

  it('finds that it opened on evidence that was too old', () => {
    const verdict = opened(new Retelling(story(9_000).ledger), 1_001);
    expect(verdict).toMatchObject({ ok: false, code: 'gate-evidence-expired' });
    if (!verdict.ok)
      expect(verdict.message).toBe(
        'the evidence for roles in global was 10001 ms old when the gate opened; it may be 10000 ms old',
      );
  });

  it('finds that nobody can tell how old it was', () => {
    const verdict = opened(new Retelling(story(9_000).ledger), -9_001);
    expect(verdict).toMatchObject({ ok: false, code: 'gate-evidence-expired' });
    if (!verdict.ok) expect(verdict.message).toContain('of an age that cannot be told');
  });

  it('counts from when the looks began, as the reading says', () => {
    const ledger = new ToldLedger(TARGETS);
    const sequence = ledger.submit(PLAN);
    sequence.applied('roles');
    sequence.applied('gateway');
    ledger.pass(30_000);
    sees(sequence, 'roles');
    sees(sequence, 'gateway');
    const told = new Retelling(ledger);
    expect(told.verdict()).toMatchObject({ ok: true });
    const older = told.resaying(
      READING_TYPE,
      ({ step }) => step === 'roles',
      (data) => ({ ...data, sinceAskedMs: 19_999 }),
    );
    expect(told.verdict(older)).toMatchObject({ ok: false, code: 'gate-evidence-expired' });
  });
});

describe('verify of an attempt after the first', () => {
  const told = (): Retelling => {
    const { ledger, sequence } = story(0);
    sequence.result('flag', BUSY);
    sequence.after(2_000);
    return new Retelling(ledger);
  };

  it('finds in order that a gate opened for it', () => {
    expect(told().verdict()).toMatchObject({ ok: true });
  });

  it('finds that none did', () => {
    const again = told();
    const ofRetry = (facts: PlainFact[]): boolean => facts.some(({ attempt }) => attempt === 2);
    const other = (fact: PlainFact): PlainFact =>
      gateOfFlag(fact)
        ? { kind: 'intent-repeated', key: 'CHG-1', intent: '00000000-0000-7000-8000-000000000009', at: fact.at }
        : fact;
    const text = again.deciding(gateOfFlag, (facts) => (ofRetry(facts) ? facts.map(other) : facts));
    expect(again.verdict(text)).toMatchObject({ ok: false, code: 'commanded-before-gate' });
  });
});

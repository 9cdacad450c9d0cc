import { COMMAND_TYPE } from '@causeway/contracts';
import { examplePlan, exampleTarget, LaggingRegion, ToldLedger } from '@causeway/testkit';
import { dataOf, Retelling, type PlainData, type PlainFact } from '../../spec/retelling';

const { ledger } = new LaggingRegion().untilHeld().untilCompleted();
const told = new Retelling(ledger);

const isKind =
  (kind: string) =>
  (fact: PlainFact): boolean =>
    fact.kind === kind;
const ofKind = (kind: string, change: (fact: PlainFact) => PlainFact, of = told) =>
  of.verdict(of.deciding(isKind(kind), (facts) => facts.map((fact) => (fact.kind === kind ? change(fact) : fact))));
const accepted = (change: (fact: PlainFact) => PlainData) =>
  ofKind('sequence-accepted', (fact) => ({ ...fact, ...change(fact) }));
/** The last step accepted otherwise. */
const lastStep = (change: PlainData) =>
  accepted(({ steps }) => ({
    steps: (steps as PlainData[]).map((step, i, all) => (i < all.length - 1 ? step : { ...step, ...change })),
  }));
/** Index of the record with the first fact of a kind. */
const indexOf = (kind: string): number =>
  told.entries().findIndex((entry) => {
    const { records } = dataOf(entry);
    return Array.isArray(records) && (records as PlainFact[]).some(isKind(kind));
  });

describe('verify holds what was accepted against what was intended, and finds', () => {
  const index = indexOf('sequence-accepted');

  it.each<[string, PlainData]>([
    ['a preview run as an apply, or the other way', { mode: 'preview' }],
    ['somebody else who asked for it', { requestedBy: 'team-other' }],
    ['another publisher', { publisher: 'publisher-other' }],
    ['another key', { key: 'CHG-2' }],
  ])('%s', (_name, change) => {
    expect(accepted(() => change)).toMatchObject({ ok: false, index, code: 'accepted-otherwise' });
  });

  it('a plan that only bears the digest of the intended one', () => {
    const found = accepted(({ plan }) => ({
      plan: { ...(plan as PlainData), metadata: { name: 'x', owner: 'y', reason: 'z' } },
    }));
    expect(found).toMatchObject({ ok: false, index, code: 'plan-not-the-intended' });
  });

  it.each<[string, PlainData]>([
    ['another id', { id: 'other' }],
    ['another target', { target: 'other' }],
    ['another change', { change: 'other@v1' }],
    ['other parameters', { with: { value: 'other' } }],
    ['no needs', { needs: [] }],
    [
      'a policy that the plan does not give',
      { onFailure: { attempts: 9, pauseMs: 1, factor: 1, longestPauseMs: 1, then: 'fail' } },
    ],
    ['a lower rung', { rung: 'accepted' }],
    ['more looks in a row', { consecutive: 7 }],
    ['another time', { withinMs: 1 }],
    ['a scope that nobody asked for', { scopes: [{ scope: 'ap-south', members: ['a'] }] }],
  ])('a step accepted with %s', (_name, change) => {
    expect(lastStep(change)).toMatchObject({ ok: false, index, code: 'steps-not-as-planned' });
  });

  it('a step that was left out', () => {
    const found = accepted(({ steps }) => ({ steps: (steps as PlainData[]).slice(0, -1) }));
    expect(found).toMatchObject({ ok: false, index, code: 'steps-not-as-planned' });
  });
});

describe('verify finds, though all is signed, a command', () => {
  it.each<[string, PlainData]>([
    ['with other parameters', { with: { value: 'other' } }],
    ['for another target', { target: 'other' }],
    ['of another change', { change: 'other@v1' }],
    ['in fewer scopes', { scopes: [{ scope: 'global', members: ['a'] }] }],
    ['of another attempt', { attempt: 2 }],
    ['of another verb', { verb: 'revert' }],
    ['of another plan', { planDigest: 'a'.repeat(64) }],
  ])('%s, whose digest is in the record', (_name, change) => {
    const index = told.entries().findIndex(({ data }) => data.eventType === COMMAND_TYPE);
    expect(
      told.verdict(
        told.resaying(
          COMMAND_TYPE,
          () => true,
          (data) => ({ ...data, ...change }),
        ),
      ),
    ).toMatchObject({ ok: false, index, code: 'command-not-as-planned' });
  });
});

describe('verify finds a sequence that ended', () => {
  it.each(['failed', 'aborted', 'previewed'])('as %s though it was completed', (outcome) => {
    const found = ofKind('sequence-ended', (fact) => ({ ...fact, outcome }));
    expect(found).toMatchObject({ ok: false, index: indexOf('sequence-ended'), code: 'ended-otherwise' });
  });

  it('as completed though a step was never ordered, or no gate says so', () => {
    const atOnce = told.deciding(isKind('sequence-accepted'), (facts) => [
      ...facts.slice(0, -1),
      { kind: 'sequence-ended', outcome: 'completed', at: ledger.at },
    ]);
    expect(told.verdict(atOnce)).toMatchObject({ ok: false, code: 'ended-otherwise' });
    const ungated = ofKind('gate-opened', (fact) => (fact.step === null ? nothing(fact) : fact));
    expect(ungated).toMatchObject({ ok: false, index: indexOf('sequence-ended'), code: 'ended-otherwise' });
  });

  it('as completed though one of its steps failed', () => {
    const retelling = new Retelling(refused());
    expect(retelling.verdict()).toMatchObject({ ok: true });
    const found = ofKind('sequence-ended', (fact) => ({ ...fact, outcome: 'completed' }), retelling);
    expect(found).toMatchObject({ ok: false, code: 'ended-otherwise' });
  });
});

describe('verify of a preview', () => {
  const preview = new ToldLedger(new Map([['idp', exampleTarget('idp', { global: ['realm'] })]]));
  const sequence = preview.submit(examplePlan({ roles: { target: 'idp' } }, ['us-east']), { mode: 'preview' });
  sequence.result('roles', { kind: 'looked-up', state: 'absent', byThisAttempt: null, evidence: {} });
  const retelling = new Retelling(preview);

  it('holds', () => {
    expect(retelling.verdict()).toMatchObject({ ok: true, sequences: 1 });
  });

  it('finds that it ordered more than a look', () => {
    const found = ofKind('step-commanded', (fact) => ({ ...fact, verb: 'apply' }), retelling);
    expect(found).toMatchObject({ ok: false, code: 'commanded-in-preview' });
  });
});

/** Its only step is not tried again. */
function refused(): ToldLedger {
  const other = new ToldLedger(new Map([['idp', exampleTarget('idp', { global: ['realm'] })]]));
  const sequence = other.submit(examplePlan({ roles: { target: 'idp' } }, ['us-east']));
  sequence.result('roles', { kind: 'refused', code: 'wrong-target', message: 'not mine' });
  return other;
}

const nothing = ({ at }: PlainFact): PlainFact => ({
  ...{ kind: 'input-refused', input: '00000000-0000-7000-8000-000000000009', type: 'result' },
  ...{ code: 'none', message: 'none', at },
});

import { CLASSIFICATION_TYPE, MUTATION_TYPE, type Classification, type Mutation } from '@causeway/contracts';
import { classify, NEWEST_RULES, UNTOUCHED, type Rules } from '@causeway/sequence-core';
import { exampleMutation, examplePlan, exampleTarget, ToldLedger, ToldTargets } from '@causeway/testkit';
import { Retelling } from '../../spec/retelling';
import { ClassRules } from './class-rules';
import { NeededStates } from './needed-states';

const MANY = 5_000;
const AT = '2026-01-31T12:00:00.000Z';
const idOf = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const envelope = { source: '/sequencer', subject: 'idp', time: AT, correlationId: 'idp', causationIds: [] };

const mutationOf = (n: number): Mutation => ({
  ...{ ...envelope, id: idOf(n), type: MUTATION_TYPE, data: exampleMutation({ resource: `values/${n}` }) },
});

/** The n-th class: of a resource that was never touched before. */
function classOf(n: number, { data: mutation }: Mutation): Classification {
  const found = classify(mutation, UNTOUCHED, [], NEWEST_RULES);
  const of = { target: mutation.target, version: n, mutation: idOf(n), digest: `digest of ${n}` };
  return {
    ...envelope,
    id: idOf(MANY + n),
    type: CLASSIFICATION_TYPE,
    data: { ...found, ...of, against: [], rules: NEWEST_RULES },
  };
}

/** How many entries maps take while something is done, copies of whole maps counted entry by entry. */
function mapEntriesDuring(act: () => void): number {
  const { set } = Map.prototype;
  let count = 0;
  Map.prototype.set = function (key: unknown, value: unknown) {
    count++;
    return set.call(this, key, value) as Map<unknown, unknown>;
  };
  try {
    act();
  } finally {
    Map.prototype.set = set;
  }
  return count;
}

describe('classes computed again', () => {
  it('cost a mutation the same however many resources its target has', () => {
    const rules = new ClassRules(new NeededStates(), (text) => text);
    const all = Array.from({ length: MANY }, (_, i) => mutationOf(i + 1));
    const told = all.map((mutation, i) => classOf(i + 1, mutation));
    const entries = mapEntriesDuring(() => {
      for (const [i, mutation] of all.entries()) {
        rules.takeMutation(mutation, `digest of ${i + 1}`);
        rules.takeClassification(told[i] as Classification, { index: i, recordedAt: AT });
      }
    });
    expect(rules.firstFault(AT, true)).toBeNull();
    expect(rules.counts).toMatchObject({ mutations: MANY, classifications: MANY });
    expect(entries).toBeLessThan(20 * MANY);
  });

  it('names the first that differs, though all of them were read', () => {
    const rules = new ClassRules(new NeededStates(), (text) => text);
    for (const n of [1, 2, 3]) {
      const mutation = mutationOf(n);
      const { data, ...rest } = classOf(n, mutation);
      rules.takeMutation(mutation, `digest of ${n}`);
      rules.takeClassification(
        { ...rest, data: n === 1 ? data : { ...data, reason: 'none' } },
        { index: n, recordedAt: AT },
      );
    }
    expect(rules.firstFault(AT, true)).toMatchObject({ index: 2, code: 'classification-differs' });
  });
});

describe('a class of an older release', () => {
  const targets = new Map([['edge', exampleTarget('edge', { 'us-east': ['us-1'], 'eu-west': ['eu-1'] })]]);
  const at = (scope: string, member: string) =>
    exampleMutation({ target: 'edge', scopes: [{ scope, members: [member] }] });

  /** Somebody does in one region, and then in the other, what the plan is to do in both. */
  const toldBy = (rules: Rules): Retelling => {
    const ledger = new ToldLedger(targets);
    const sequence = ledger.submit(
      examplePlan({ all: { target: 'edge' } }, ['us-east', 'eu-west'], { start: 'on-resume' }),
    );
    const seen = new ToldTargets(ledger, [sequence], rules);
    seen.see(at('us-east', 'us-1'));
    seen.see(at('eu-west', 'eu-1'));
    return new Retelling(ledger);
  };
  const numbered = (told: Retelling, rules: object): string =>
    told.saying(
      CLASSIFICATION_TYPE,
      () => true,
      ({ rules: _, ...data }) => ({ ...data, ...rules }),
    );

  it('is computed again by the rules of its time', () => {
    for (const rules of [1, 2] as const)
      expect(toldBy(rules).verdict()).toMatchObject({ ok: true, classifications: 2 });
  });

  it('and of a new one by the new', () => {
    const [old, now] = [toldBy(1), toldBy(2)];
    expect(old.verdict(numbered(old, { rules: 2 }))).toMatchObject({ ok: false, code: 'classification-differs' });
    expect(now.verdict(numbered(now, {}))).toMatchObject({ ok: false, code: 'classification-differs' });
  });
});

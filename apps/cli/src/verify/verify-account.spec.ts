import {
  divergences,
  exposureWindows,
  foldPath,
  scopePath,
  type PathEntry,
  type PathState,
} from '@causeway/sequence-core';
import { examplePlan, exampleTarget, GoneAround, LaggingRegion, ToldLedger } from '@causeway/testkit';
import { CLASSIFICATION_TYPE, DECISION_TYPE, MUTATION_TYPE } from '@causeway/contracts';
import { PLAIN } from '../format/paint';
import { verdictText } from '../format/verdict';
import { dataOf, Retelling, type PlainData, type PlainFact } from '../../spec/retelling';

const story = new GoneAround().untilHeld().untilFollowed().untilCompleted();
const { flagByHand, otherRole } = story;
const told = new Retelling(story.ledger);

const ofFlag = ({ mutation }: PlainData): boolean => mutation === flagByHand;
const reclassified = (change: PlainData): string =>
  told.saying(CLASSIFICATION_TYPE, ofFlag, (data) => ({ ...data, ...change }));
const isKind =
  (kind: string, more: Partial<PlainFact> = {}) =>
  (fact: PlainFact): boolean =>
    fact.kind === kind && Object.entries(more).every(([name, value]) => fact[name] === value);

/** A fact that changes nothing, in the place of another: the stream stays without a gap. */
const nothing = ({ at }: PlainFact): PlainFact => ({
  ...{ kind: 'input-refused', input: flagByHand, type: 'result', code: 'not-awaited', message: 'none', at },
});
const instead = (match: (fact: PlainFact) => boolean, by: (fact: PlainFact) => PlainFact) => (facts: PlainFact[]) =>
  facts.map((fact) => (match(fact) ? by(fact) : fact));
const decidedOtherwise = (match: (fact: PlainFact) => boolean, by: (fact: PlainFact) => PlainFact): string =>
  told.deciding(match, instead(match, by));

/** Index of the entry with a message of that type and data. */
const indexOf = (type: string, match: (data: PlainData) => boolean): number =>
  told.entries().findIndex((entry) => entry.data.eventType === type && match(dataOf(entry)));

describe('verify of a ledger in which people went around', () => {
  const verdict = told.verdict();

  it('computes every class again', () => {
    expect(verdict).toMatchObject({ ok: true, mutations: 3, classifications: 3, openClassifications: 0 });
  });

  it('tells paths, divergences and windows as the entries give them', () => {
    let state: PathState | null = null;
    const mutations = new Map<string, unknown>();
    for (const { data } of told.entries()) {
      const message = JSON.parse(data.value) as { id: string; type: string; data: PlainData };
      if (message.type === MUTATION_TYPE) mutations.set(message.id, message.data);
      const entry = { index: data.index, message, mutation: mutations.get(String(message.data.mutation)) };
      state = foldPath(state, entry as unknown as PathEntry) ?? state;
    }
    const known = state as unknown as PathState;
    expect(verdict).toMatchObject({
      divergences: 2,
      windows: 1,
      paths: [
        {
          sequenceId: story.sequence.id,
          plan: 'example',
          paths: [scopePath(known, 'us-east'), scopePath(known, 'eu-west')],
          divergences: divergences(known),
          exposure: exposureWindows(known),
        },
      ],
    });
  });

  it('tells who switched the flag, where, and which gateways lacked it', () => {
    if (!verdict.ok) throw new Error(verdict.message);
    const [sequence] = verdict.paths;
    const flag = sequence?.paths[1]?.steps.find(({ step }) => step === 'flag');
    expect(flag?.madeBy).toMatchObject({ kind: 'other', mutation: flagByHand, class: 'early', actor: 'release-team' });
    expect(sequence?.exposure.windows).toMatchObject([
      {
        ...{ scope: 'eu-west', earlier: 'gateway', later: 'flag', membersLacking: ['gw-eu-1', 'gw-eu-2'] },
        ...{ from: { notBefore: story.at(3.8), seenAt: story.at(4.2) }, to: { notBefore: story.at(8) } },
      },
    ]);
  });

  it('says so in words', () => {
    const text = verdictText('export.jsonl', verdict, false, PLAIN);
    expect(text).toContain('3 classes of 3 mutations computed again: the same\n');
    expect(text).toContain('1 watched sequence followed: 2 divergences, 1 exposure window');
  });

  it('leaves out sequences that nothing watches', () => {
    const { ledger } = new LaggingRegion().untilHeld().untilCompleted();
    expect(new Retelling(ledger).verdict()).toMatchObject({ ok: true, paths: [], windows: 0, mutations: 0 });
  });

  it('is in order wherever the export was cut', () => {
    for (const cut of [new GoneAround(), new GoneAround().untilHeld(), new GoneAround().untilHeld().untilFollowed()])
      expect(new Retelling(cut.ledger).verdict()).toMatchObject({ ok: true });
  });
});

describe('verify finds, though all is signed, a classification', () => {
  const index = indexOf(CLASSIFICATION_TYPE, ofFlag);

  it.each<[string, PlainData]>([
    ['of another class', { class: 'expected' }],
    ['for another reason', { reason: 'all is well' }],
    ['that is taken for our own', { by: 'executor' }],
    ['that is matched to nothing', { match: null }],
    ['that holds nothing', { holds: [] }],
    ['that forgets the sequence', { against: [] }],
  ])('%s', (_name, change) => {
    expect(told.verdict(reclassified(change))).toMatchObject({ ok: false, index, line: index + 2 });
  });

  it('that says what class it is, and what it comes out as', () => {
    const found = told.verdict(
      told.saying(CLASSIFICATION_TYPE, ofFlag, (data) => ({ ...data, reason: 'all is well' })),
    );
    expect(found).toMatchObject({ code: 'classification-differs' });
    if (!found.ok)
      expect(found.message).toMatch(/reason of mutation .* is told as "all is well", computed again it is "/);
  });

  it('that names a version which the ledger does not tell', () => {
    const names = { against: [{ sequenceId: story.sequence.id, version: 900 }] };
    const last = told.entries().length - 1;
    const tellingUntil = (recordedAt: string) =>
      told.retold((entries) =>
        entries.map((entry, i) => {
          if (i === index) return told.resaid(entry, (data) => ({ ...data, ...names }));
          return i === last ? { ...entry, time: recordedAt } : entry;
        }),
      );
    const late = told.verdict(tellingUntil('2026-01-31T12:05:00.000Z'));
    expect(late).toMatchObject({ index, code: 'classification-not-recomputable' });
    // It can be on its way to the ledger still: no fault then, but told.
    const soon = told.verdict(tellingUntil('2026-01-31T12:00:30.000Z'));
    expect(soon).toMatchObject({ ok: true, classifications: 3, openClassifications: 1 });
  });

  it('that differs, before a conflict key which was given back out of turn later', () => {
    const freed = ({ records }: PlainData): boolean => JSON.stringify(records ?? []).includes('"keysFreed":');
    const giveBack = (data: PlainData): PlainData =>
      JSON.parse(JSON.stringify(data).replace(/"keysFreed":\d+/, '"keysFreed":9')) as PlainData;
    const text = told.retold((entries) => {
      const retold = entries.map((entry, i) => {
        if (i === index) return told.resaid(entry, (data) => ({ ...data, reason: 'all is well' }));
        return freed(dataOf(entry)) ? told.resaid(entry, giveBack) : entry;
      });
      return retold.map((entry, i) => (i < retold.length - 1 ? entry : { ...entry, time: '2026-01-31T12:05:00.000Z' }));
    });
    expect(told.verdict(text)).toMatchObject({ ok: false, index, code: 'classification-differs' });
  });

  it('out of its target’s order', () => {
    expect(told.verdict(reclassified({ version: 7 }))).toMatchObject({ index, code: 'classification-out-of-order' });
  });

  it('of a mutation that is not there, or is another', () => {
    const none = reclassified({ mutation: '00000000-0000-7000-8000-000000000000' });
    expect(told.verdict(none)).toMatchObject({ index, code: 'classified-mutation-missing' });
    const other = told.saying(
      MUTATION_TYPE,
      ({ target }) => target === 'flags',
      (data) => ({ ...data, actor: { kind: 'user', name: 'idp-team' } }),
    );
    expect(told.verdict(other)).toMatchObject({ index, code: 'classified-otherwise-seen' });
  });

  it('that the sequence did not stop for', () => {
    const noticed = isKind('mutation-noticed', { mutation: flagByHand });
    expect(told.verdict(decidedOtherwise(noticed, nothing))).toMatchObject({ index, code: 'hold-ignored' });
  });

  it.each<[string, Partial<PlainFact>, string]>([
    ['as another class', { class: 'repeated' }, 'noticed-otherwise'],
    ['as not holding', { holds: false }, 'hold-ignored'],
    ['as by somebody else', { actor: 'idp-team' }, 'noticed-otherwise'],
    ['though nobody classified it', { mutation: '00000000-0000-7000-8000-000000000000' }, 'noticed-not-classified'],
  ])('that was noticed %s', (_name, change, code) => {
    const noticed = isKind('mutation-noticed', { mutation: flagByHand });
    const found = told.verdict(decidedOtherwise(noticed, (fact) => ({ ...fact, ...change })));
    expect(found).toMatchObject({ ok: false, code });
  });
});

describe('verify finds, though all is signed, a sequence that', () => {
  const resumed = isKind('sequence-resumed');

  it('commanded a step while an operator had not decided', () => {
    expect(told.verdict(decidedOtherwise(resumed, nothing))).toMatchObject({ code: 'commanded-while-held' });
  });

  it('went on with a mutation that nobody accepted', () => {
    const found = decidedOtherwise(resumed, (fact) => ({ ...fact, accepted: [otherRole] }));
    expect(told.verdict(found)).toMatchObject({ code: 'resumed-without-accepting' });
  });

  it('went on by a decision that is not there, or says otherwise', () => {
    const invented = decidedOtherwise(resumed, (fact) => ({ ...fact, decision: flagByHand }));
    expect(told.verdict(invented)).toMatchObject({ code: 'decision-not-recorded-before' });
    const reasoned = decidedOtherwise(resumed, (fact) => ({ ...fact, reason: 'nobody agreed' }));
    expect(told.verdict(reasoned)).toMatchObject({ code: 'decision-of-another' });
    const less = told.saying(
      DECISION_TYPE,
      () => true,
      (data) => ({ ...data, accept: [otherRole] }),
    );
    expect(told.verdict(less)).toMatchObject({ code: 'decision-of-another' });
  });

  it('began before an operator resumed it', () => {
    const { ledger, sequence } = begunOnResume();
    sequence.decided('resume', [], 'the window is open');
    const retelling = new Retelling(ledger);
    expect(retelling.verdict()).toMatchObject({ ok: true });
    const early = retelling.deciding(resumed, instead(resumed, nothing));
    expect(retelling.verdict(early)).toMatchObject({ ok: false, code: 'commanded-before-resume' });
  });

  it('ordered something after an abort, or after its end', () => {
    const { ledger, sequence } = begunOnResume();
    sequence.decided('resume', [], 'the window is open');
    sequence.decided('abort', [], 'not today');
    sequence.applied('roles');
    const retelling = new Retelling(ledger);
    expect(retelling.verdict()).toMatchObject({ ok: true });
    const ended = isKind('sequence-ended');
    const again = ({ at }: PlainFact): PlainFact => ({
      ...{ kind: 'step-commanded', verb: 'apply', step: 'roles', attempt: 2, at },
      ...{ commandId: flagByHand, commandDigest: 'a'.repeat(64) },
    });
    const before = retelling.deciding(ended, (facts) =>
      facts.flatMap((fact) => (ended(fact) ? [again(fact), fact] : fact)),
    );
    expect(retelling.verdict(before)).toMatchObject({ ok: false, code: 'commanded-after-abort' });
    const after = retelling.deciding(ended, (facts) =>
      facts.flatMap((fact) => (ended(fact) ? [fact, again(fact)] : fact)),
    );
    expect(retelling.verdict(after)).toMatchObject({ ok: false, code: 'commanded-after-end' });
  });
});

/** A plan that starts on resume, and waits. */
describe('verify of a step that an operator settled', () => {
  const { ledger, sequence } = begunOnResume();
  sequence.decided('resume', [], 'the window is open');
  sequence.result('roles', { kind: 'unknown', reason: 'the connection was reset', evidence: {} });
  sequence.decided('settle', [], 'seen in the console of the realm', { step: 'roles', applied: true });
  sequence.reading('roles', { 'global/realm': { value: 'new' } });
  const retelling = new Retelling(ledger);
  const settling = (change: PlainData): string =>
    retelling.saying(
      DECISION_TYPE,
      ({ verb }) => verb === 'settle',
      (data) => ({ ...data, ...change }),
    );

  it('holds, and follows the sequence to its end', () => {
    expect(retelling.verdict()).toMatchObject({ ok: true });
  });

  it.each([
    ['is not there', isKind('step-settled'), { decision: flagByHand }, 'decision-not-recorded-before'],
    ['says otherwise', isKind('step-settled'), { applied: false }, 'decision-of-another'],
    ['is not cited', isKind('step-applied'), { result: 'a'.repeat(64) }, 'result-not-recorded-before'],
  ])('finds a decision that %s', (_name, match, change, code) => {
    const found = retelling.deciding(
      match,
      instead(match, (fact) => ({ ...fact, ...change })),
    );
    expect(retelling.verdict(found)).toMatchObject({ ok: false, code });
  });

  it('finds that it settled something else', () => {
    expect(retelling.verdict(settling({ settle: { step: 'roles', applied: false } }))).toMatchObject({ ok: false });
    expect(retelling.verdict(settling({ reason: 'nobody looked' }))).toMatchObject({ code: 'decision-of-another' });
  });
});

function begunOnResume() {
  const ledger = new ToldLedger(new Map([['idp', exampleTarget('idp', { global: ['realm'] })]]));
  const plan = examplePlan({ roles: { target: 'idp' } }, ['us-east'], { start: 'on-resume' });
  return { ledger, sequence: ledger.submit(plan) };
}

import { examplePlan, exampleTarget, ToldLedger } from '@causeway/testkit';
import { Retelling, type PlainFact } from '../../spec/retelling';

const targets = new Map([['idp', exampleTarget('idp', { global: ['realm'] })]]);
const PLAN = examplePlan({ roles: { target: 'idp' } }, ['us-east']);
const NEW = { 'global/realm': { value: 'new' } };

/** Two sequences on one resource: the second waits until the first has ended. Turns: 1 taken, 2 asked, 3 freed, 4 taken, 5 freed. */
const ledger = new ToldLedger(targets);
const first = ledger.submit(PLAN, { key: 'CHG-1' });
const second = ledger.submit(PLAN, { key: 'CHG-2' });
for (const sequence of [first, second]) {
  ledger.pass(1_000);
  sequence.applied('roles');
  sequence.reading('roles', NEW);
}
const told = new Retelling(ledger);

const turnOf = (fact: PlainFact): number | undefined => (fact.turn ?? fact.keysFreed) as number | undefined;
const withTurn = (fact: PlainFact, turn: number): PlainFact =>
  fact.kind === 'sequence-ended' ? { ...fact, keysFreed: turn } : { ...fact, turn };

/** The same ledger with other turns. */
const renumbered = (turns: Readonly<Record<number, number>>) =>
  told.verdict(
    told.deciding(
      (fact) => turnOf(fact) !== undefined,
      (facts) => facts.map((fact) => withTurnOf(fact, turns)),
    ),
  );
const withTurnOf = (fact: PlainFact, turns: Readonly<Record<number, number>>): PlainFact => {
  const turn = turnOf(fact);
  return turn === undefined ? fact : withTurn(fact, turns[turn] ?? turn);
};
/** Facts of a kind left out for one that changes nothing. */
const without = (kind: string) =>
  told.verdict(
    told.deciding(
      (fact) => fact.kind === kind,
      (facts) => facts.map((fact) => (fact.kind === kind ? nothing(fact) : fact)),
    ),
  );
const nothing = ({ at }: PlainFact): PlainFact => ({
  ...{
    kind: 'input-refused',
    input: '00000000-0000-7000-8000-000000000009',
    type: 'result',
    code: 'none',
    message: 'none',
    at,
  },
});

describe('verify of a ledger in which two sequences meet at a key', () => {
  it('says that there was one holder at a time', () => {
    expect(told.verdict()).toMatchObject({ ok: true, sequences: 2, claims: 2, openClaims: 0 });
  });

  it('finds that one took the key before the other had left it', () => {
    const verdict = renumbered({ 3: 4, 4: 3 });
    expect(verdict).toMatchObject({ ok: false, code: 'keys-out-of-turn' });
    expect(verdict).toHaveProperty(
      'message',
      expect.stringMatching(new RegExp(`${second.id} took idp/set while .*${first.id}`)),
    );
  });

  it('finds that one was passed by who asked later', () => {
    expect(renumbered({ 1: 2, 2: 1 })).toMatchObject({ ok: false, code: 'keys-out-of-turn' });
  });

  it('finds a command without the keys', () => {
    expect(without('keys-taken')).toMatchObject({ ok: false, code: 'commanded-without-keys' });
  });

  it('finds an end that gives nothing back', () => {
    const text = told.deciding(
      ({ kind }) => kind === 'sequence-ended',
      (facts) => facts.map(({ keysFreed: _gone, ...fact }) => fact as PlainFact),
    );
    expect(told.verdict(text)).toMatchObject({ ok: false, code: 'keys-not-freed' });
  });

  it('finds a turn that was taken twice', () => {
    expect(renumbered({ 4: 2 })).toMatchObject({ ok: false, code: 'turn-taken-twice' });
  });

  it('finds that a decision about keys is told nowhere, once it must have come', () => {
    expect(renumbered({ 4: 6, 5: 7 })).toMatchObject({ ok: true });
    ledger.pass(120_000);
    ledger.submit(PLAN, { key: 'CHG-3', mode: 'preview' });
    expect(renumbered({ 4: 6, 5: 7 })).toMatchObject({ ok: false, code: 'turn-not-told' });
  });
});

import { COMMAND_TYPE, READING_TYPE } from '@causeway/contracts';
import { sha256Hex } from '@causeway/signing';
import { LaggingRegion } from '@causeway/testkit';
import { Retelling, type PlainFact } from '../../spec/retelling';

const { ledger } = new LaggingRegion().untilHeld().untilCompleted();
const told = new Retelling(ledger);

const is =
  (kind: string, step: string) =>
  (fact: PlainFact): boolean =>
    fact.kind === kind && fact.step === step;
const gateOfFlag = is('gate-opened', 'flag');

/** Everything that these facts cite becomes that message. */
const citing = (facts: PlainFact[], digest: string): PlainFact[] =>
  JSON.parse(JSON.stringify(facts).replaceAll(/"evidence":"[0-9a-f]{64}"/g, `"evidence":"${digest}"`)) as PlainFact[];

describe('verify of an export', () => {
  it('says what was checked when everything is in order', () => {
    expect(told.verdict()).toMatchObject({
      ok: true,
      entries: ledger.entries.length,
      sequences: 1,
      gates: 4,
      ledgerKey: ledger.ledgerKey,
    });
  });

  it('holds the file to the key the reader knows the ledger by', () => {
    expect(told.verdict(undefined, ledger.ledgerKey).ok).toBe(true);
    const other = new LaggingRegion().ledger.ledgerKey;
    expect(told.verdict(undefined, other)).toMatchObject({ ok: false, code: 'ledger-key-not-pinned' });
  });

  it('names the line and the index of an altered entry', () => {
    const text = ledger
      .exportText()
      .replace('"step":"flag"', '"step":"flog"')
      .replace('\\"step\\":\\"flag\\"', '\\"step\\":\\"flog\\"');
    const verdict = told.verdict(text);
    expect(verdict).toMatchObject({ ok: false });
    if (!verdict.ok) expect(verdict.line).toBe((verdict.index as number) + 2);
  });

  it('finds a step that was ordered before its gate opened, though ledger and sequencer signed it (I1)', () => {
    const text = told.deciding(is('step-commanded', 'flag'), (facts) =>
      facts.filter((fact) => !is('gate-opened', 'flag')(fact)),
    );
    expect(told.verdict(text)).toMatchObject({ ok: false, code: 'commanded-before-gate' });
  });

  it('finds a gate that cites no evidence for a step it needs', () => {
    const text = told.deciding(gateOfFlag, (facts) =>
      facts.map((fact) => (fact.kind === 'gate-opened' ? { ...fact, evidence: [] } : fact)),
    );
    expect(told.verdict(text)).toMatchObject({ ok: false, code: 'gate-without-its-needs' });
  });

  it('finds evidence that is not in the ledger', () => {
    const text = told.deciding(gateOfFlag, (facts) => citing(facts, 'e'.repeat(64)));
    expect(told.verdict(text)).toMatchObject({ ok: false, code: 'gate-evidence-missing' });
  });

  it('judges the cited reading again: one that shows the old value opens no gate', () => {
    const ofGateway = told
      .entries()
      .filter(({ data }) => data.eventType === READING_TYPE && data.value.includes('"step":"gateway"'));
    const digest = sha256Hex(ofGateway[0]?.data.value ?? '');
    const verdict = told.verdict(told.deciding(gateOfFlag, (facts) => citing(facts, digest)));
    expect(verdict).toMatchObject({ ok: false, code: 'gate-evidence-does-not-show' });
    if (!verdict.ok) expect(verdict.message).toContain('eu-west');
  });

  it('finds a decision that is missing from a sequence (I28)', () => {
    const text = told.deciding(is('scope-ready', 'gateway'), (facts) =>
      facts.filter(({ kind }) => kind !== 'gate-held'),
    );
    expect(told.verdict(text)).toMatchObject({ ok: false, code: 'record-out-of-order' });
  });

  it('finds a command that nobody decided', () => {
    const text = told.saying(
      COMMAND_TYPE,
      () => true,
      (data) => ({ ...data, deadlineMs: 1_000 }),
    );
    expect(told.verdict(text)).toMatchObject({ ok: false, code: 'command-not-decided' });
  });
});

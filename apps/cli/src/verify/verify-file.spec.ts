import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Envelope } from '@causeway/contracts';
import { entryText, type LedgerEntry } from '@causeway/ledger-core';
import { sha256Hex } from '@causeway/signing';
import { LaggingRegion } from '@causeway/testkit';
import { verifyFile, type FileVerdict } from './verify-file';

const story = new LaggingRegion().untilHeld().untilCompleted();
const { ledger } = story;

function verdictOf(text: string, key?: string): FileVerdict {
  const path = join(ledger.folder, 'export.jsonl');
  writeFileSync(path, text);
  return verifyFile(path, key);
}

/** The export of a ledger that recorded something else: entries changed, everything signed again by whom it may concern. */
function retold(change: (entries: LedgerEntry[]) => LedgerEntry[]): string {
  const entries = change(ledger.entries.map((text) => JSON.parse(text) as LedgerEntry));
  return ledger.exportText(entries.map((entry, index) => entryText({ ...entry, data: { ...entry.data, index } })));
}

type Fact = { kind: string; step?: string; evidence?: unknown[] };
const factsOf = (entry: LedgerEntry): Fact[] =>
  (JSON.parse(entry.data.value) as Envelope<string, { records?: Fact[] }>).data.records ?? [];
const has = (entry: LedgerEntry, kind: string, step: string): boolean =>
  factsOf(entry).some((fact) => fact.kind === kind && fact.step === step);

/** A record with other facts, signed by the sequencer as if it had decided so. */
function redecided(entry: LedgerEntry, change: (facts: Fact[]) => Fact[]): LedgerEntry {
  const message = JSON.parse(entry.data.value) as { data: { records: Fact[] } };
  const value = JSON.stringify({ ...message, data: { ...message.data, records: change(message.data.records) } });
  const [signature] = ledger.signer('sequencer').sign([Buffer.from(value)]) as [string];
  return { ...entry, data: { ...entry.data, value, signature } };
}

const where = (match: (entry: LedgerEntry) => boolean, change: (facts: Fact[]) => Fact[]) => (entries: LedgerEntry[]) =>
  entries.map((entry) => (match(entry) ? redecided(entry, change) : entry));

describe('verify of an export', () => {
  it('says what was checked when everything is in order', () => {
    expect(verdictOf(ledger.exportText())).toMatchObject({
      ok: true,
      entries: ledger.entries.length,
      sequences: 1,
      gates: 4,
      ledgerKey: ledger.ledgerKey,
    });
  });

  it('holds the file to the key the reader knows the ledger by', () => {
    expect(verdictOf(ledger.exportText(), ledger.ledgerKey).ok).toBe(true);
    const other = new LaggingRegion().ledger.ledgerKey;
    expect(verdictOf(ledger.exportText(), other)).toMatchObject({ ok: false, code: 'ledger-key-not-pinned' });
  });

  it('names the line and the index of an altered entry', () => {
    const text = ledger
      .exportText()
      .replace('"step":"flag"', '"step":"flog"')
      .replace('\\"step\\":\\"flag\\"', '\\"step\\":\\"flog\\"');
    const verdict = verdictOf(text);
    expect(verdict).toMatchObject({ ok: false });
    if (!verdict.ok) expect(verdict.line).toBe((verdict.index as number) + 2);
  });

  it('finds a step that was ordered before its gate opened, though ledger and sequencer signed it (I1)', () => {
    const text = retold(
      where(
        (entry) => has(entry, 'step-commanded', 'flag'),
        (facts) => facts.filter(({ kind, step }) => !(kind === 'gate-opened' && step === 'flag')),
      ),
    );
    expect(verdictOf(text)).toMatchObject({ ok: false, code: 'commanded-before-gate' });
  });

  it('finds a gate that cites no evidence for a step it needs', () => {
    const text = retold(
      where(
        (entry) => has(entry, 'gate-opened', 'flag'),
        (facts) => facts.map((fact) => (fact.kind === 'gate-opened' ? { ...fact, evidence: [] } : fact)),
      ),
    );
    expect(verdictOf(text)).toMatchObject({ ok: false, code: 'gate-without-its-needs' });
  });

  it('finds evidence that is not in the ledger', () => {
    const text = retold(
      where(
        (entry) => has(entry, 'gate-opened', 'flag'),
        (facts) =>
          JSON.parse(
            JSON.stringify(facts).replaceAll(/"evidence":"[0-9a-f]{64}"/g, `"evidence":"${'e'.repeat(64)}"`),
          ) as Fact[],
      ),
    );
    expect(verdictOf(text)).toMatchObject({ ok: false, code: 'gate-evidence-missing' });
  });

  it('judges the cited reading again: one that shows the old value opens no gate', () => {
    const readings = ledger.entries
      .map((text) => JSON.parse(text) as LedgerEntry)
      .filter(({ data }) => data.eventType === 'causeway.reading.taken.v1' && data.value.includes('"step":"gateway"'));
    const early = readings[0] as LedgerEntry;
    const digest = sha256Hex(early.data.value);
    const text = retold(
      where(
        (entry) => has(entry, 'gate-opened', 'flag'),
        (facts) =>
          JSON.parse(
            JSON.stringify(facts).replaceAll(/"evidence":"[0-9a-f]{64}"/g, `"evidence":"${digest}"`),
          ) as Fact[],
      ),
    );
    const verdict = verdictOf(text);
    expect(verdict).toMatchObject({ ok: false, code: 'gate-evidence-does-not-show' });
    if (!verdict.ok) expect(verdict.message).toContain('eu-west');
  });

  it('finds a decision that is missing from a sequence (I28)', () => {
    const text = retold(
      where(
        (entry) => has(entry, 'scope-ready', 'gateway'),
        (facts) => facts.filter(({ kind }) => kind !== 'gate-held'),
      ),
    );
    expect(verdictOf(text)).toMatchObject({ ok: false, code: 'record-out-of-order' });
  });

  it('finds a command that nobody decided', () => {
    const text = retold((entries) =>
      entries.map((entry) => {
        if (entry.data.eventType !== 'causeway.command.issued.v1') return entry;
        const value = entry.data.value.replace('"deadlineMs":120000', '"deadlineMs":1000');
        const [signature] = ledger.signer('sequencer').sign([Buffer.from(value)]) as [string];
        return { ...entry, data: { ...entry.data, value, signature } };
      }),
    );
    expect(verdictOf(text)).toMatchObject({ ok: false, code: 'command-not-decided' });
  });
});

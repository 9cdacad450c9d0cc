import { COMMAND_TYPE, RECORD_TYPE, RESULT_TYPE } from '@causeway/contracts';
import type { LedgerEntry } from '@causeway/ledger-core';
import { LaggingRegion } from '@causeway/testkit';
import { PLAIN } from '../format/paint';
import { verdictText } from '../format/verdict';
import { Retelling } from '../../spec/retelling';

const told = new Retelling(new LaggingRegion().untilHeld().untilCompleted().ledger);
const all = told.entries();
const first = (type: string): LedgerEntry => all.find(({ data }) => data.eventType === type) as LedgerEntry;

const command = first(COMMAND_TYPE);
const result = first(RESULT_TYPE);
const byResult = all.find(({ data }) =>
  data.value.includes(`"causationIds":["${result.data.eventId}"]`),
) as LedgerEntry;

/** An entry that declares its cause missing. */
const late = (entry: LedgerEntry, cause: LedgerEntry): LedgerEntry => ({
  ...entry,
  data: { ...entry.data, causeMissing: [cause.data.eventId] },
});

const moved = (entry: LedgerEntry, before: LedgerEntry, entries: LedgerEntry[]): LedgerEntry[] =>
  entries.filter(({ id }) => id !== entry.id).flatMap((one) => (one.id === before.id ? [entry, one] : [one]));

describe('verify of an entry that stands before its cause, as the ledger declares', () => {
  it('judges a command when its record comes, and says how many there were', () => {
    const verdict = told.verdict(
      told.retold((entries) => moved(late(command, first(RECORD_TYPE)), first(RECORD_TYPE), entries)),
    );
    expect(verdict).toMatchObject({ ok: true, lateCauses: 1, unjudged: 0, gates: 4 });
    const text = verdictText('export.jsonl', verdict, false, PLAIN);
    expect(text).toContain('1 entry stood before a cause that the ledger had waited for in vain: judged when it came');
  });

  it('judges a decision when its result comes, and what follows from it after that', () => {
    const text = told.retold((entries) => {
      const without = entries.filter(({ id }) => id !== result.id);
      const at = without.findIndex(({ id }) => id === byResult.id);
      const declared = without.map((one) => (one.id === byResult.id ? late(one, result) : one));
      return [...declared.slice(0, at + 3), result, ...declared.slice(at + 3)];
    });
    expect(told.verdict(text)).toMatchObject({ ok: true, lateCauses: 1, unjudged: 0, gates: 4 });
  });

  it('says of what it cannot judge that it did not, if the cause never comes', () => {
    const verdict = told.verdict(
      told.retold((entries) => {
        const until = entries.slice(
          0,
          entries.findIndex(({ id }) => id === byResult.id),
        );
        return [...until.filter(({ id }) => id !== result.id), late(byResult, result)];
      }),
    );
    expect(verdict).toMatchObject({ ok: true, lateCauses: 1, unjudged: 1, decisions: 1 });
    expect(verdictText('export.jsonl', verdict, false, PLAIN)).toContain('NOT judged: a cause is not in this export');
  });

  it('finds a command that its record did not decide', () => {
    const other = told.resaid(command, (data) => ({ ...data, deadlineMs: 1 }));
    const text = told.retold((entries) => moved(late(other, first(RECORD_TYPE)), first(RECORD_TYPE), entries));
    const index = all.findIndex(({ id }) => id === first(RECORD_TYPE).id);
    expect(told.verdict(text)).toMatchObject({ ok: false, index, code: 'command-not-decided' });
  });

  it('says nothing of it where there is none', () => {
    const verdict = told.verdict();
    expect(verdict).toMatchObject({ ok: true, lateCauses: 0, unjudged: 0 });
    expect(verdictText('export.jsonl', verdict, false, PLAIN)).not.toContain('in vain');
  });
});

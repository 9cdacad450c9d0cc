/** A told ledger, told again otherwise: what those who hold the keys could have recorded, and what `verify` says of it. For specs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entryText, type LedgerEntry } from '@causeway/ledger-core';
import { sha256Hex } from '@causeway/signing';
import type { ToldLedger } from '@causeway/testkit';
import { verifyFile, type FileVerdict } from '../src/verify/verify-file';

/** The data of a recorded message, as far as retelling changes it. */
export type PlainData = Record<string, unknown>;
export type PlainFact = { kind: string; step?: string } & Record<string, unknown>;

export class Retelling {
  constructor(private readonly ledger: ToldLedger) {}

  verdict(text = this.ledger.exportText(), key?: string): FileVerdict {
    const path = join(this.ledger.folder, 'export.jsonl');
    writeFileSync(path, text);
    return verifyFile(path, key);
  }

  /** The export of a ledger that recorded something else: entries changed, the tree signed again. */
  retold(change: (entries: LedgerEntry[]) => LedgerEntry[]): string {
    const entries = change(this.entries());
    return this.ledger.exportText(
      entries.map((entry, index) => entryText({ ...entry, data: { ...entry.data, index } })),
    );
  }

  entries(): LedgerEntry[] {
    return this.ledger.entries.map((text) => JSON.parse(text) as LedgerEntry);
  }

  /** A message with other data, signed by its principal as if it had said so. */
  resaid(entry: LedgerEntry, change: (data: PlainData) => PlainData): LedgerEntry {
    const message = JSON.parse(entry.data.value) as { source: string; data: PlainData };
    const value = JSON.stringify({ ...message, data: change(message.data) });
    const [signature] = this.ledger.signer(message.source.slice(1)).sign([Buffer.from(value)]) as [string];
    return { ...entry, data: { ...entry.data, value, signature } };
  }

  /** Says all messages of a type that match otherwise. */
  saying(type: string, match: (data: PlainData) => boolean, change: (data: PlainData) => PlainData): string {
    return this.retold((entries) =>
      entries.map((entry) => {
        const isMeant = entry.data.eventType === type && match(dataOf(entry));
        return isMeant ? this.resaid(entry, change) : entry;
      }),
    );
  }

  /** Says the first message of a type that matches otherwise, and cites it so wherever it was cited. */
  resaying(type: string, match: (data: PlainData) => boolean, change: (data: PlainData) => PlainData): string {
    const before = this.entries().find((entry) => entry.data.eventType === type && match(dataOf(entry)));
    if (!before) throw new Error(`no ${type} matches`);
    const after = this.resaid(before, change);
    const [was, is] = [sha256Hex(before.data.value), sha256Hex(after.data.value)];
    const cited = (data: PlainData) => JSON.parse(JSON.stringify(data).replaceAll(was, is)) as PlainData;
    return this.retold((entries) =>
      entries.map((entry) => {
        if (entry.id === before.id) return after;
        return entry.data.value.includes(was) ? this.resaid(entry, cited) : entry;
      }),
    );
  }

  /** Decides the facts of all records with a certain fact otherwise. */
  deciding(match: (fact: PlainFact) => boolean, change: (facts: PlainFact[]) => PlainFact[]): string {
    return this.saying(
      'causeway.record.decided.v1',
      ({ records }) => (records as PlainFact[]).some(match),
      (data) => ({ ...data, records: change(data.records as PlainFact[]) }),
    );
  }
}

export const dataOf = (entry: LedgerEntry): PlainData => (JSON.parse(entry.data.value) as { data: PlainData }).data;

import { readFileSync } from 'node:fs';
import { RECORD_TYPE, type EvolutionRecord, type Message } from '@causeway/contracts';
import type { LedgerEntry } from '@causeway/ledger-core';
import type { Acknowledged } from '../load/driver';
import { readJournal, type WorldWrite } from '../world/journal';

/** One sequence as the export of the ledger tells it. */
export interface ToldSequence {
  readonly facts: readonly { readonly fact: EvolutionRecord; readonly index: number }[];
}

/** All that the checker looks at: what clients were told, what the world wrote down, and the export. Never a table of ours. */
export interface Evidence {
  readonly acknowledged: readonly Acknowledged[];
  readonly journal: readonly WorldWrite[];
  readonly told: ReadonlyMap<string, ToldSequence>;
  readonly entries: number;
}

export function gather(acknowledged: readonly Acknowledged[], journalFile: string, exportFile: string): Evidence {
  const told = new Map<string, { facts: { fact: EvolutionRecord; index: number }[] }>();
  let entries = 0;
  for (const line of readFileSync(exportFile, 'utf8').split('\n')) {
    const entry = entryOf(line);
    if (!entry) continue;
    entries++;
    if (entry.data.eventType !== RECORD_TYPE) continue;
    const { data } = JSON.parse(entry.data.value) as Extract<Message, { type: typeof RECORD_TYPE }>;
    const sequence = told.get(data.sequenceId) ?? { facts: [] };
    told.set(data.sequenceId, sequence);
    sequence.facts.push(...data.records.map((fact) => ({ fact, index: entry.data.index })));
  }
  return { acknowledged, journal: readJournal(journalFile), told, entries };
}

/** The header and the seal of an export are no entries. */
function entryOf(line: string): LedgerEntry | null {
  if (!line.startsWith('{"causationIds":')) return null;
  return JSON.parse(line) as LedgerEntry;
}

export type Kind = EvolutionRecord['kind'];
export type FactOf<K extends Kind> = Extract<EvolutionRecord, { kind: K }>;

export const factsOf = <K extends Kind>(sequence: ToldSequence | undefined, kind: K): FactOf<K>[] =>
  (sequence?.facts ?? []).flatMap(({ fact }) => (fact.kind === kind ? [fact as FactOf<K>] : []));

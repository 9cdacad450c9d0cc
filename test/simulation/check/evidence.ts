import { RECORD_TYPE, type EvolutionRecord, type IntentData, type Message } from '@causeway/contracts';
import type { RawMessage } from '@causeway/messaging';
import { sha256Hex } from '@causeway/signing';
import type { Acknowledged, Exit, House } from '../house';
import type { Scenario } from '../scenario/scenario';
import { sequenceOf } from '../services/client';
import type { LedgerTables } from '../services/sim-log-store';
import type { WorldEntry } from '../world/journal';

/** How far the ledger may be behind the topics at the end of a run, milliseconds: what was stored a moment ago. */
export const BEHIND_MS = 1_500;

/** One line of the ledger's export. */
export interface Line {
  readonly index: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly digest: string;
  readonly causeMissing: readonly string[];
  readonly message: Message;
}

/** One fact as the ledger has it. */
export interface Told {
  /** Of the record that tells it. */
  readonly index: number;
  readonly sequenceId: string;
  readonly version: number;
  readonly fact: EvolutionRecord;
}

/**
 * Everything that the checker may look at: what the world did, what clients were told, the ledger, and what lies on the topics.
 * The sequencer's own rows are here only to be compared with the ledger's.
 */
export interface Evidence {
  readonly scenario: Scenario;
  readonly endedAtMs: number;
  readonly journal: readonly WorldEntry[];
  readonly acknowledged: readonly Acknowledged[];
  readonly lines: readonly Line[];
  readonly byEvent: ReadonlyMap<string, Line>;
  readonly byDigest: ReadonlyMap<string, Line>;
  /** The facts of each sequence in order of their versions. */
  readonly told: ReadonlyMap<string, readonly Told[]>;
  readonly ledger: LedgerTables;
  readonly topics: ReadonlyMap<string, readonly (readonly RawMessage[])[]>;
  readonly ownFacts: ReadonlyMap<string, readonly EvolutionRecord[]>;
  readonly intents: ReadonlyMap<string, IntentData>;
  readonly exits: readonly Exit[];
  readonly house: Pick<House, 'targets' | 'registry' | 'executors' | 'verifier' | 'clockErrorMs'>;
}

/** Facts up to the first version that is missing: what overtook others is not judged without them. */
export const gapless = (facts: readonly Told[]): readonly Told[] => {
  const gap = facts.findIndex(({ version }, i) => version !== i + 1);
  return gap < 0 ? facts : facts.slice(0, gap);
};

export function evidenceOf(house: House): Evidence {
  const lines = house.ledger.entries.map(({ text }) => lineOf(text));
  return {
    ...{ scenario: house.scenario, endedAtMs: house.time.now, journal: house.journal, lines, house },
    ...{ acknowledged: house.acknowledged, ledger: house.ledger, topics: house.broker.topics, exits: house.exits },
    byEvent: new Map(lines.map((line) => [line.message.id, line])),
    byDigest: new Map(lines.map((line) => [line.digest, line])),
    told: toldBySequence(lines),
    ownFacts: factsOf(house),
    intents: intentsOf(house),
  };
}

export const intentsOf = ({ scenario }: House): Map<string, IntentData> =>
  new Map(scenario.intents.map(({ data }) => [sequenceOf(data.key), data]));

interface EntryText {
  readonly data: Omit<Line, 'message' | 'digest' | 'causeMissing'> & {
    readonly value: string;
    readonly causeMissing?: readonly string[];
  };
}

function lineOf(text: string): Line {
  const { index, topic, partition, offset, value, causeMissing = [] } = (JSON.parse(text) as EntryText).data;
  const message = JSON.parse(value) as Message;
  return { index, topic, partition, offset, causeMissing, message, digest: sha256Hex(value) };
}

function toldBySequence(lines: readonly Line[]): Map<string, Told[]> {
  const told = new Map<string, Told[]>();
  for (const { index, message } of lines) {
    if (message.type !== RECORD_TYPE) continue;
    const { sequenceId, version, records } = message.data;
    const before = told.get(sequenceId) ?? [];
    told.set(sequenceId, [...before, ...records.map((fact, i) => ({ index, sequenceId, version: version + i, fact }))]);
  }
  for (const facts of told.values()) facts.sort((a, b) => a.version - b.version);
  return told;
}

/** What the sequencer itself has stored, by sequence, in order of version. */
export function factsOf(house: House): Map<string, EvolutionRecord[]> {
  const facts = new Map<string, EvolutionRecord[]>();
  for (const [key, row] of house.schema('sequencer').tables.rows('fact')) {
    const [sequenceId = '', version] = key.split('/');
    const ofSequence = facts.get(sequenceId) ?? [];
    const ofDecision = JSON.parse(row.body as string) as EvolutionRecord[];
    ofDecision.forEach((fact, i) => (ofSequence[Number(version) - 1 + i] = fact));
    facts.set(sequenceId, ofSequence);
  }
  return facts;
}

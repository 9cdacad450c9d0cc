import {
  DECISION_TYPE,
  INTENT_TYPE,
  READING_TYPE,
  RECORD_TYPE,
  SIGHTING_TYPE,
  WATCH_TYPE,
  type Classification,
  type EvolutionRecord,
  type HoldReason,
  type Intent,
  type MemberReading,
  type MutationData,
  type RecordMessage,
} from '@causeway/contracts';
import { ABSENT, END_GATE, evolve, foldPath, own, type PathState, type SequenceState } from '@causeway/sequence-core';
import { foldDecision, foldOperatorFact, NO_OPERATORS, type Operators } from './operators';
import type { Recorded } from './recorded';

/**
 * What the console knows of one sequence: the fold of its ledger entries in ledger order. `state` is the sequencer's own fold (evolve);
 * the rest is what people ask for besides it.
 *
 * 1. Only entries change it, so the same ledger gives the same view to every console.
 * 2. Records fold in stream order. A gap or a fact that cannot follow is a `fault`: the view stops there and says so, others go on.
 */
export interface Folded {
  readonly sequenceId: string;
  readonly state: SequenceState;
  readonly intent: IntentSummary | null;
  /** By step id; the end of the sequence is `END_GATE`. */
  readonly gates: Readonly<Record<string, GateStory>>;
  /** When the ledger recorded that `step/scope` was shown ready. */
  readonly shownAt: Readonly<Record<string, string>>;
  /** The newest look at each member, by `step/scope/member`. */
  readonly looks: Readonly<Record<string, Look>>;
  /** The event that led to a citation as evidence, by the digest that is cited. */
  readonly citedFrom: Readonly<Record<string, string>>;
  readonly operators: Operators;
  /** What a watch saw of it; null: nothing of it is watched. */
  readonly path: PathState | null;
  readonly fault: string | null;
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** When the ledger recorded the last entry; null: none yet. */
  readonly lastAt: string | null;
}

interface IntentSummary {
  readonly key: string;
  readonly mode: 'apply' | 'preview';
  readonly publisher: string;
  readonly requestedBy: string;
  readonly planDigest: string;
  readonly plan: string;
  readonly at: string;
}

interface GateStory {
  readonly heldSince: string | null;
  /** The last reasons it was held for. */
  readonly because: readonly HoldReason[];
  readonly openedAt: string | null;
  /** Ledger entries of the newest hold and of the opening. */
  readonly heldIndex: number | null;
  readonly openedIndex: number | null;
  readonly evidence: Extract<EvolutionRecord, { kind: 'gate-opened' }>['evidence'];
}

const UNTOUCHED: GateStory = {
  ...{ heldSince: null, because: [], heldIndex: null },
  ...{ openedAt: null, openedIndex: null, evidence: [] },
};

interface Look {
  /** When it was last looked for. */
  readonly triedAt: string;
  /** When it last answered; null: never. */
  readonly seenAt: string | null;
}

export const absentSequence = (sequenceId: string, index: number): Folded => ({
  sequenceId,
  state: ABSENT,
  intent: null,
  gates: {},
  shownAt: {},
  looks: {},
  citedFrom: {},
  operators: NO_OPERATORS,
  path: null,
  fault: null,
  firstIndex: index,
  lastIndex: index,
  lastAt: null,
});

/** Folds one entry of this sequence. Never throws. */
export function foldEntry(folded: Folded, { message, index, recordedAt }: Recorded): Folded {
  const next = { ...folded, lastIndex: index, lastAt: recordedAt };
  switch (message.type) {
    case INTENT_TYPE:
      return { ...next, intent: folded.intent ?? intentSummary(message) };
    case RECORD_TYPE:
      return foldRecords(next, message, recordedAt);
    case DECISION_TYPE:
      return { ...next, operators: foldDecision(folded.operators, message, index) };
    case WATCH_TYPE:
    case SIGHTING_TYPE:
      return { ...next, path: folded.path && foldPath(folded.path, { index, message }) };
    case READING_TYPE:
      return {
        ...next,
        looks: { ...folded.looks, ...looksOf(folded.looks, message.data.step, message.data.readings) },
      };
    default:
      return next;
  }
}

/** The plan's own name, as far as an unchecked plan has one. */
export function planNameOf(plan: Readonly<Record<string, unknown>>): string {
  const metadata = plan.metadata as { readonly name?: unknown } | null | undefined;
  return typeof metadata?.name === 'string' ? metadata.name.slice(0, 63) : '(no name)';
}

function intentSummary({ data, source, time }: Intent): IntentSummary {
  const { key, mode, requestedBy, planDigest, plan } = data;
  return { key, mode, publisher: source.slice(1), requestedBy, planDigest, plan: planNameOf(plan), at: time };
}

function looksOf(before: Folded['looks'], step: string, readings: readonly MemberReading[]): Record<string, Look> {
  return Object.fromEntries(
    readings.map(({ scope, member, takenAt, outcome }) => {
      const place = `${step}/${scope}/${member}`;
      const seenAt = outcome.kind === 'observed' ? takenAt : (before[place]?.seenAt ?? null);
      return [place, { triedAt: takenAt, seenAt }];
    }),
  );
}

function foldRecords(folded: Folded, message: RecordMessage, recordedAt: string): Folded {
  const { data, causationIds } = message;
  if (folded.fault !== null) return folded;
  const expected = versionOf(folded.state) + 1;
  if (data.version !== expected) {
    return {
      ...folded,
      fault: `records from version ${data.version} follow version ${expected - 1} (index ${folded.lastIndex})`,
    };
  }
  try {
    const after = data.records.reduce((before, fact) => foldFact(before, fact, recordedAt), folded);
    const citedFrom = cited(folded.citedFrom, data.records, causationIds[0]);
    return { ...after, citedFrom, path: pathAfter(folded.path, message, folded.lastIndex) };
  } catch (error) {
    return { ...folded, fault: `${(error as Error).message} (index ${folded.lastIndex})` };
  }
}

/** Names of the targets that an accepted sequence is about. */
export const targetsOf = ({ state }: Folded): string[] =>
  state.status === 'open' || state.status === 'ended'
    ? [...new Set(state.acceptance.steps.map(({ target }) => target))]
    : [];

export const versionOf = (state: SequenceState): number => (state.status === 'absent' ? 0 : state.version);

function foldFact(folded: Folded, fact: EvolutionRecord, recordedAt: string): Folded {
  const { lastIndex: index } = folded;
  const operators = foldOperatorFact(folded.operators, fact, index);
  const next = { ...folded, operators, state: evolve(folded.state, fact) };
  switch (fact.kind) {
    case 'gate-opened':
      return withGate(next, fact.step, { openedAt: fact.at, openedIndex: index, evidence: fact.evidence });
    case 'gate-held':
      return withGate(next, fact.step, {
        ...{ heldSince: heldSince(folded, fact.step) ?? fact.at, because: fact.because, heldIndex: index },
      });
    case 'scope-ready':
      return { ...next, shownAt: { [`${fact.step}/${fact.shown.scope}`]: recordedAt, ...folded.shownAt } };
    case 'step-ready': {
      const shown = fact.scopes.map(({ scope }) => [`${fact.step}/${scope}`, recordedAt]);
      return { ...next, shownAt: { ...Object.fromEntries(shown), ...folded.shownAt } };
    }
    case 'scope-withdrawn': {
      const { [`${fact.step}/${fact.scope}`]: _gone, ...shownAt } = folded.shownAt;
      return { ...next, shownAt };
    }
    default:
      return next;
  }
}

/** A digest is first cited in the record that its own message led to. */
function cited(
  before: Folded['citedFrom'],
  records: readonly EvolutionRecord[],
  cause: string | undefined,
): Folded['citedFrom'] {
  if (cause === undefined) return before;
  const digests = records.flatMap((fact) => {
    if (fact.kind === 'scope-ready') return [fact.shown.evidence];
    return fact.kind === 'step-ready' ? fact.scopes.map(({ evidence }) => evidence) : [];
  });
  const fresh = digests.filter((digest) => !(digest in before));
  return fresh.length === 0 ? before : { ...before, ...Object.fromEntries(fresh.map((digest) => [digest, cause])) };
}

/** Only of a sequence that is watched: for the others it is made from the records when somebody asks. */
function pathAfter(before: PathState | null, message: RecordMessage, index: number): PathState | null {
  if (before) return foldPath(before, { index, message });
  const isWatched = message.data.records.some(
    (fact) => fact.kind === 'sequence-accepted' && fact.steps.some(({ show }) => show?.watched),
  );
  return isWatched ? foldPath(null, { index, message }) : null;
}

/** Folds the class of a mutation that was matched to a step of this sequence. */
export function foldMatch(folded: Folded, message: Classification, mutation: MutationData, index: number): Folded {
  if (!folded.path) return folded;
  return { ...folded, lastIndex: index, path: foldPath(folded.path, { index, message, mutation }) };
}

const heldSince = ({ gates }: Folded, step: string | null): string | null =>
  own(gates, step ?? END_GATE)?.heldSince ?? null;

function withGate(folded: Folded, step: string | null, change: Partial<GateStory>): Folded {
  const gate = step ?? END_GATE;
  return { ...folded, gates: { ...folded.gates, [gate]: { ...UNTOUCHED, ...own(folded.gates, gate), ...change } } };
}

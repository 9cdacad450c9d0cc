import type { DecisionMessage, EvolutionRecord, Settlement, Verb } from '@causeway/contracts';

/** What operators decided about a sequence, and what it noticed at its targets. */
export interface Operators {
  /** By event id, oldest first. */
  readonly decisions: Readonly<Record<string, DecisionStory>>;
  /** By event id of the mutation, oldest first. */
  readonly noticed: Readonly<Record<string, NoticeStory>>;
  readonly aborted: Word | null;
}

/** Who decided something, and why. */
interface Word {
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

export interface DecisionStory {
  readonly verb: Verb;
  readonly accept: readonly string[];
  readonly settle: Settlement | null;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
  readonly index: number;
  /** `problem` null: it was taken. */
  readonly outcome: { readonly problem: string | null; readonly index: number } | null;
}

export interface NoticeStory {
  /** Ledger entry of the record that notices it. */
  readonly index: number;
  readonly accepted: Word | null;
}

export const NO_OPERATORS: Operators = { decisions: {}, noticed: {}, aborted: null };

export function foldDecision(before: Operators, { id, data, time }: DecisionMessage, index: number): Operators {
  const { verb, accept, settle = null, reason, decidedBy: by } = data;
  const story = { verb, accept, settle, reason, by, at: time, index, outcome: null };
  return { ...before, decisions: { ...before.decisions, [id]: story } };
}

/** @param index of the entry that the fact is in */
export function foldOperatorFact(before: Operators, fact: EvolutionRecord, index: number): Operators {
  switch (fact.kind) {
    case 'mutation-noticed':
      return { ...before, noticed: { ...before.noticed, [fact.mutation]: { index, accepted: null } } };
    case 'sequence-resumed':
      return accept(told(before, fact.decision, null, index), fact);
    case 'sequence-aborted':
      return {
        ...told(before, fact.decision, null, index),
        aborted: { by: fact.by, reason: fact.reason, at: fact.at },
      };
    case 'step-settled':
      return told(before, fact.decision, null, index);
    case 'input-refused':
      return told(before, fact.input, fact.message, index);
    default:
      return before;
  }
}

function told(before: Operators, id: string, problem: string | null, index: number): Operators {
  const decision = before.decisions[id];
  if (!decision) return before;
  return { ...before, decisions: { ...before.decisions, [id]: { ...decision, outcome: { problem, index } } } };
}

function accept(
  before: Operators,
  { accepted, by, reason, at }: Extract<EvolutionRecord, { kind: 'sequence-resumed' }>,
): Operators {
  const stories = accepted.flatMap((id) => {
    const story = before.noticed[id];
    return story ? [[id, { ...story, accepted: { by, reason, at } }] as const] : [];
  });
  return { ...before, noticed: { ...before.noticed, ...Object.fromEntries(stories) } };
}

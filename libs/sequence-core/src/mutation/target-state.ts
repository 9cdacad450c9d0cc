import type { ClassificationData, MutationData } from '@causeway/contracts';
import { leave, UNTOLD, type Content, type Left } from './left';

/**
 * What is known of one target: the fold of its stream, each classification with the mutation it is about. Nothing else, so the
 * ledger's copy of both gives the same state to anybody.
 */
export interface TargetState {
  /** Version of the target's stream; 0: no mutation of it was ever classified. */
  readonly version: number;
  /** By the resource's own address. */
  readonly resources: ReadonlyMap<string, ResourceState>;
}

/** How the classified mutations of one resource left it. */
export interface ResourceState {
  readonly last: KnownMutation;
  readonly left: Left;
  /** Attempts of ours whose effect was seen here, newest last, as {@link attemptSeen} names them. */
  readonly attempts: readonly string[];
}

/** The last classified mutation of a resource, wherever that was. */
export interface KnownMutation extends Content {
  /** Event id of the mutation. */
  readonly id: string;
}

/** As much of a mutation as the fold needs; its places only where it was classed by rules that know of them. */
export type FoldedMutation = Pick<MutationData, 'resource' | 'with' | 'effect' | 'by' | 'scopes'>;

export const UNTOUCHED: TargetState = { version: 0, resources: new Map() };

/** Attempts remembered a resource. A repetition that comes after as many others of the same resource is not told as one. */
const MOST_ATTEMPTS = 100;

/** Folds one fact of a target's stream. Throws when it does not follow: guessing on would make every later class wrong. */
export function evolveTarget(state: TargetState, fact: ClassificationData, mutation: FoldedMutation): TargetState {
  if (fact.version !== state.version + 1)
    throw new Error(`broken invariant: version ${fact.version} of target ${fact.target} follows ${state.version}`);
  const resource = evolveResource(state.resources.get(mutation.resource), fact, mutation);
  return { version: fact.version, resources: new Map(state.resources).set(mutation.resource, resource) };
}

/**
 * Folds one fact into its resource alone: all that the class of a later mutation of it depends on, so whoever keeps many resources
 * need not copy the others.
 * @param before undefined: no mutation of it was ever classified
 */
export function evolveResource(
  before: ResourceState | undefined,
  fact: ClassificationData,
  mutation: FoldedMutation,
): ResourceState {
  const known = before?.attempts ?? [];
  const seen = attemptSeen(fact, mutation);
  const attempts = seen === null || known.includes(seen) ? known : [...known, seen].slice(-MOST_ATTEMPTS);
  const content = { with: mutation.with, effect: mutation.effect };
  // The first rules took every mutation for one of the whole resource.
  const left = leave(before?.left ?? UNTOLD, content, rulesOf(fact) === 1 ? null : mutation.scopes);
  return { last: { id: fact.mutation, ...content }, left, attempts };
}

/** The rules that a mutation was classed by, and is to be classed by again. */
export const rulesOf = ({ rules }: Pick<ClassificationData, 'rules'>): Rules => rules ?? 1;

/**
 * 1: a resource is as its last mutation left it.
 * 2: it is so in the places that its mutations named.
 */
export type Rules = 1 | 2;
export const NEWEST_RULES = 2;

/** Replays a target's whole stream. */
export const replayTarget = (stream: Iterable<readonly [ClassificationData, FoldedMutation]>): TargetState => {
  let state = UNTOUCHED;
  for (const [fact, mutation] of stream) state = evolveTarget(state, fact, mutation);
  return state;
};

/** The attempt whose ordered effect this mutation is; null: it is none. */
const attemptSeen = ({ class: found, match }: ClassificationData, { by }: FoldedMutation): string | null =>
  by.kind === 'executor' && match !== null && (found === 'expected' || found === 'repeated')
    ? attemptName(by.attemptId, match)
    : null;

/** Where the system has no place for an attempt, the step stands for it: it is to take effect once. */
export const attemptName = (attemptId: string | null, step: { sequenceId: string; step: string }): string =>
  attemptId ?? `${step.sequenceId}/${step.step}`;

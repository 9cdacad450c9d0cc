import { z } from 'zod';
import { eventId, instant, MUTATION_CLASSES, name, sequenceId } from '@causeway/contracts';
import { position, sequenceStatus } from './sequences';

const mutationClass = z.enum(MUTATION_CLASSES);

/** A change happened in (notBefore, seenAt]; `notBefore` null: before the first look. */
const bounds = z.strictObject({ notBefore: instant.nullable(), seenAt: instant });
export type BoundsView = z.output<typeof bounds>;

/** Which sequence an answer is about, and up to where the ledger was looked at. */
const ofSequence = {
  asOf: position.nullable(),
  sequenceId,
  plan: z.string(),
  status: sequenceStatus,
  /** Until when its watch vouches for what it last saw; null: nothing watches it, or no look yet. */
  lookedUntil: instant.nullable(),
};

/** Who made a step effective. `index`: the record of the command, or the class of the mutation. */
const madeBy = z.strictObject({
  kind: z.enum(['executor', 'other', 'unknown']),
  /** In words: who, and through what. */
  words: z.string(),
  actor: z.string().nullable(),
  channel: z.string().nullable(),
  mutation: eventId.nullable(),
  class: mutationClass.nullable(),
  /** When, as the target claims; of a command, when it was ordered. */
  at: instant.nullable(),
  index: position.nullable(),
});
export type MadeByView = z.output<typeof madeBy>;

const pathStep = z.strictObject({
  /** From 1. */
  place: z.int(),
  step: name,
  target: name,
  /** The step's own scope: the plan's scope, or `global`. */
  stepScope: name,
  effective: bounds,
  /** How exactly that is known, milliseconds. */
  certaintyMs: z.number(),
  /** When the first member showed it. */
  partly: bounds,
  /** It was lost in between, at least once. */
  lost: z.boolean(),
  madeBy,
  /** Ledger entry that shows the last member. */
  index: position,
});
export type PathStepView = z.output<typeof pathStep>;

/** A step was effective somewhere before one that it needs was effective everywhere. */
const planDivergence = z.strictObject({
  scope: name,
  earlier: name,
  later: name,
  direct: z.boolean(),
  laterBegan: bounds,
  earlierWhole: bounds.nullable(),
  words: z.string(),
});

/** In which order steps became effective in a scope of the plan. */
export const pathAnswer = z.strictObject({
  ...ofSequence,
  scope: name,
  steps: z.array(pathStep),
  notEffective: z.array(name),
  /** The order that the plan says, of the steps that concern this scope. */
  planned: z.array(name),
  divergences: z.array(planDivergence),
  summary: z.string(),
});
export type PathAnswer = z.output<typeof pathAnswer>;

const exposureWindow = z.strictObject({
  scope: name,
  earlier: name,
  later: name,
  /** False: the plan says it through other steps. */
  direct: z.boolean(),
  from: bounds,
  /** null: still so when last looked at. */
  to: bounds.nullable(),
  /** From the middle of its bounds to the middle of its bounds, milliseconds; of an open one until the last look. */
  lastedMs: z.number(),
  certaintyMs: z.number(),
  membersLacking: z.array(z.string()),
  laterMadeBy: madeBy,
  /** Ledger entries of the looks that show its beginning and its end. */
  fromIndex: position,
  toIndex: position.nullable(),
  words: z.string(),
});
export type ExposureWindowView = z.output<typeof exposureWindow>;

const uncertainTime = z.strictObject({
  scope: name,
  earlier: name,
  later: name,
  from: instant.nullable(),
  to: instant.nullable(),
  why: z.enum(['untold', 'between-looks']),
});

/** For how long a later step was effective while an earlier one was not, per scope and edge. */
export const exposureAnswer = z.strictObject({
  ...ofSequence,
  windows: z.array(exposureWindow),
  /** Times in which there can have been one, but nobody saw it. */
  uncertain: z.array(uncertainTime),
  summary: z.string(),
});
export type ExposureAnswer = z.output<typeof exposureAnswer>;

const orderedPair = z.strictObject({ first: bounds, second: bounds });
const pathDifference = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('order'),
    firstOnLeft: name,
    firstOnRight: name,
    left: orderedPair,
    right: orderedPair,
  }),
  z.strictObject({ kind: z.literal('only-in'), step: name, scope: name, since: bounds }),
]);

const pathSide = z.strictObject({ scope: name, steps: z.array(pathStep), notEffective: z.array(name) });

/** How the paths of two scopes differ. */
export const pathDiffAnswer = z.strictObject({
  ...ofSequence,
  left: pathSide,
  right: pathSide,
  /** From 1: the first place at which they differ; null: they do not, as far as looks can tell. */
  firstDifference: z.int().nullable(),
  differences: z.array(pathDifference),
  /** Exposure windows in either scope. */
  windows: z.array(exposureWindow),
  summary: z.string(),
});
export type PathDiffAnswer = z.output<typeof pathDiffAnswer>;

/** What was so in a scope at an instant, and what the records said of it by then. */
export const effectiveAnswer = z.strictObject({
  ...ofSequence,
  scope: name,
  at: instant,
  /** False: before the first look, or later than the last; then `effective` is what was seen last. */
  looked: z.boolean(),
  steps: z.array(
    z.strictObject({
      step: name,
      target: name,
      stepScope: name,
      effective: z.enum(['yes', 'partly', 'no', 'untold']),
      showing: z.array(z.string()),
      lacking: z.array(z.string()),
      untold: z.array(z.string()),
      believed: z.strictObject({ ready: z.boolean(), at: instant, index: position }).nullable(),
    }),
  ),
  summary: z.string(),
});
export type EffectiveAnswer = z.output<typeof effectiveAnswer>;

/** Members that did not show a step when they were last looked at. */
export const lackingAnswer = z.strictObject({
  ...ofSequence,
  step: name,
  target: name,
  /** All members that count. */
  members: z.int(),
  lacking: z.array(
    z.strictObject({
      scope: name,
      member: name,
      /** `untold`: it did not answer, or nobody looked. */
      view: z.enum(['lacks', 'untold']),
      since: bounds.nullable(),
      detail: z.string(),
      index: position.nullable(),
    }),
  ),
  summary: z.string(),
});
export type LackingAnswer = z.output<typeof lackingAnswer>;

/** One reason why an open sequence does not go on. */
export const waitingItem = z.strictObject({
  sequenceId,
  key: z.string(),
  plan: z.string(),
  owner: z.string(),
  status: sequenceStatus,
  diverged: z.boolean(),
  /** What is held; null: the end of the sequence, or nothing is held and somebody's answer is awaited. */
  step: name.nullable(),
  since: instant.nullable(),
  words: z.string(),
  unblocks: z.string(),
  /** Who can do something about it. */
  who: z.string(),
  /** The entry that says it. */
  index: position.nullable(),
});
export type WaitingItem = z.output<typeof waitingItem>;

/** Something that changed upstream of a target. */
const upstreamItem = z.strictObject({
  /** When it was seen so, or when a target claims that it happened. */
  at: instant,
  /** It was not so yet then; null: not known. */
  notBefore: instant.nullable(),
  what: z.enum(['effective', 'no-longer-effective', 'mutation']),
  target: name,
  step: name.nullable(),
  scope: name.nullable(),
  sequenceId: sequenceId.nullable(),
  resource: z.string().nullable(),
  class: mutationClass.nullable(),
  /** Whether a plan explains it. */
  explained: z.boolean(),
  by: z.string(),
  words: z.string(),
  index: position,
});
export type UpstreamItem = z.output<typeof upstreamItem>;

/** What changed upstream of a target: at the targets of steps that its steps need, oldest first. */
export const upstreamAnswer = z.strictObject({
  asOf: position.nullable(),
  target: name,
  from: instant,
  to: instant,
  upstream: z.array(name),
  sequences: z.array(sequenceId),
  items: z.array(upstreamItem),
  /** True when there are more than are listed; the oldest are left out. */
  more: z.boolean(),
  summary: z.string(),
});
export type UpstreamAnswer = z.output<typeof upstreamAnswer>;

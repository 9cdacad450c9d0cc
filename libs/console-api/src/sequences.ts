import { z } from 'zod';
import { changeName, digest, eventId, instant, MUTATION_CLASSES, name, RUNGS, sequenceId } from '@causeway/contracts';

/** Place in the ledger, as text: it may outgrow what JSON numbers carry exactly. */
export const position = z.string().regex(/^(0|[1-9][0-9]{0,18})$/);

/**
 * Where a sequence is. `submitted`: its intent is on the way and nothing is decided yet. `waiting`: it is open and at least one gate is held
 * with a reason.
 */
export const SEQUENCE_STATUSES = [
  'submitted',
  'running',
  'waiting',
  'completed',
  'failed',
  'aborted',
  'previewed',
  'rejected',
] as const;
export const sequenceStatus = z.enum(SEQUENCE_STATUSES);
export type SequenceStatus = z.output<typeof sequenceStatus>;

export const isOver = (status: SequenceStatus): boolean =>
  status === 'completed' ||
  status === 'failed' ||
  status === 'aborted' ||
  status === 'previewed' ||
  status === 'rejected';

/** One reason why a gate is closed: which member of which predecessor, since when, and when it was last seen. */
export const hold = z.strictObject({
  /** The step whose gate is closed; null for the gate at the end of the sequence. */
  gate: name.nullable(),
  /** The predecessor that is not ready. */
  step: name,
  scope: name.nullable(),
  member: name.nullable(),
  verdict: z.enum(['not-ready', 'inconclusive']),
  reason: z.string(),
  detail: z.string(),
  since: instant,
  lastReadingAt: instant.nullable(),
  /** Age of that reading when this answer was made, milliseconds. */
  lastReadingAgeMs: z.int().nullable(),
});
export type Hold = z.output<typeof hold>;

const MEMBER_STATES = ['waiting', 'looking', 'not-yet', 'unknown', 'ready'] as const;

/** One counted unit of a scope. `unknown`: it was looked for and nothing can be concluded (unreachable, stale, unreadable). */
const memberView = z.strictObject({
  member: name,
  state: z.enum(MEMBER_STATES),
  detail: z.string().nullable(),
  since: instant.nullable(),
  lastReadingAt: instant.nullable(),
  lastReadingAgeMs: z.int().nullable(),
});
export type MemberView = z.output<typeof memberView>;

/** A step in one scope, with the four times as far as they have happened. */
const scopeView = z.strictObject({
  scope: name,
  ready: z.boolean(),
  commandedAt: instant.nullable(),
  acceptedAt: instant.nullable(),
  effectiveAt: instant.nullable(),
  recordedAt: instant.nullable(),
  /** SHA-256 of the message that shows it. */
  evidence: digest.nullable(),
  members: z.array(memberView),
});
export type ScopeView = z.output<typeof scopeView>;

const STEP_PHASES = [
  'waiting',
  'commanded',
  'retry-later',
  'outcome-unknown',
  'applied',
  'ready',
  'not-applied',
  'previewed',
] as const;

const stepView = z.strictObject({
  id: name,
  target: name,
  executor: name,
  change: changeName,
  needs: z.array(name),
  rung: z.enum(RUNGS),
  phase: z.enum(STEP_PHASES),
  attempt: z.int().nullable(),
  /** Of how many, counted anew when an operator resumes what had stopped. */
  attemptOf: z.int().nullable(),
  /** When the next attempt is due at the earliest; null: none waits for its time. */
  retryAt: instant.nullable(),
  /** Whether the target was written; false: it was already so. Null while that is not known. */
  changed: z.boolean().nullable(),
  overdue: z.boolean(),
  /** It was shown ready, too long ago for the next gate: since when it is looked at once more. Null: it is not. */
  againSince: instant.nullable(),
  withinMs: z.int(),
  /** What a preview found. */
  found: z.enum(['already-so', 'would-change', 'unknown']).nullable(),
  /** Why it failed, is unknown, or waits for another attempt. */
  problem: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  gateOpenedAt: instant.nullable(),
  /** When the newest fact of this step was decided. */
  since: instant,
  scopes: z.array(scopeView),
});
export type StepView = z.output<typeof stepView>;

/** One line of the list of sequences. */
export const sequenceSummary = z.strictObject({
  id: sequenceId,
  status: sequenceStatus,
  key: z.string(),
  mode: z.enum(['apply', 'preview']),
  plan: z.string(),
  publisher: z.string(),
  requestedBy: z.string(),
  /** In words, null when it waits for nothing or is over. */
  waitingFor: z.string().nullable(),
  waitingSince: instant.nullable(),
  /** Something happened at its targets that its plan does not explain, or not then. */
  diverged: z.boolean(),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
});
export type SequenceSummary = z.output<typeof sequenceSummary>;

/** A mutation of one of its targets that was not just its own work. */
const noticedMutation = z.strictObject({
  id: eventId,
  target: name,
  /** The step it was matched to. */
  step: name.nullable(),
  class: z.enum(MUTATION_CLASSES),
  by: z.enum(['executor', 'other']),
  actor: z.string().nullable(),
  detail: z.string(),
  /** Nothing more is commanded until an operator decides about it. */
  holds: z.boolean(),
  at: instant,
  /** Ledger entry of the record that notices it. */
  index: position,
  /** An operator let the sequence go on with it. */
  accepted: z.strictObject({ by: z.string(), reason: z.string(), at: instant }).nullable(),
});
export type NoticedMutationView = z.output<typeof noticedMutation>;

const planProblem = z.strictObject({
  code: z.string(),
  pointer: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});

/** Its conflict keys: what it has, or for which sequences it waits. */
const claimView = z.strictObject({
  phase: z.enum(['waiting', 'held']),
  /** Place in the one order of all that is decided about conflict keys: when it asked. Who has the lower one comes first. */
  turn: z.int(),
  since: instant,
  /** Each with its first step that claims it; null: the plan names it. */
  keys: z.array(z.strictObject({ key: z.string(), step: name.nullable() })),
  /** The sequence right before it, and its step, at each key that it waits for; empty when it has them. */
  behind: z.array(z.strictObject({ key: z.string(), sequenceId, step: name.nullable() })),
});

/** A sequence in full, as of a ledger position. Steps are empty while it is submitted, and for a rejected one. */
export const sequenceView = z.strictObject({
  ...sequenceSummary.shape,
  planDigest: digest,
  reason: z.string().nullable(),
  environment: z.string().nullable(),
  epoch: z.int().nullable(),
  version: z.int(),
  /** Everything up to this ledger index is in this view; null when nothing of it is in the ledger yet. */
  asOf: position.nullable(),
  steps: z.array(stepView),
  holds: z.array(hold),
  /** False while a plan that starts on resume waits for it. */
  begun: z.boolean(),
  /** An operator aborted it; it ends once nothing is under way. */
  aborting: z.boolean(),
  /** Who gave it up, and why. */
  aborted: z.strictObject({ by: z.string(), reason: z.string(), at: instant }).nullable(),
  /** Null: it has not asked for its conflict keys, or has none. */
  claim: claimView.nullable(),
  mutations: z.array(noticedMutation),
  rejection: z.strictObject({ code: z.string(), problems: z.array(planProblem) }).nullable(),
  /** Set when records of this sequence do not fold: the view stops before them. Never normal. */
  fault: z.string().nullable(),
});
export type SequenceView = z.output<typeof sequenceView>;

/** What a gate waited for, and on what it opened. */
const gateView = z.strictObject({
  /** The step behind the gate; null for the gate at the end. */
  gate: name.nullable(),
  heldSince: instant.nullable(),
  /** In words, the last reasons it was held for; null when it never was. */
  heldFor: z.string().nullable(),
  openedAt: instant.nullable(),
  /** Ledger entries of the newest hold and of the opening. */
  heldIndex: position.nullable(),
  openedIndex: position.nullable(),
  /** What it opened on; `index` is the ledger entry of the evidence. */
  shown: z.array(
    z.strictObject({
      ...{ step: name, scope: name, effectiveAt: instant, evidence: digest },
      index: position.nullable(),
    }),
  ),
});
export type GateView = z.output<typeof gateView>;

/** A sequence that comes before another one at a conflict key. */
const queued = z.strictObject({
  sequenceId,
  /** Key of its intent, and name of its plan. */
  key: z.string(),
  plan: z.string(),
  turn: z.int(),
  /** Whether it has its keys, and since when; it waits itself otherwise. */
  holds: z.boolean(),
  since: instant,
  /** What it waits for or does. */
  words: z.string(),
});
export type QueuedView = z.output<typeof queued>;

/** Why a sequence (or one step of it) is where it is: in words, and as data. */
export const explanation = z.strictObject({
  sequenceId,
  step: name.nullable(),
  status: sequenceStatus,
  asOf: position.nullable(),
  /** One sentence. */
  summary: z.string(),
  since: instant.nullable(),
  because: z.array(
    z.strictObject({
      ...hold.shape,
      words: z.string(),
      unblocks: z.string(),
      /** Who can do something about it. */
      who: z.string(),
      /** The mutation that it waits for a decision about, and the ledger entry that notices it. */
      mutation: eventId.nullable(),
      index: position.nullable(),
    }),
  ),
  /** Something happened at its targets that its plan does not explain, or not then: in words; empty when nothing did. */
  diverged: z.array(z.strictObject({ words: z.string(), mutation: eventId, index: position })),
  /** Who comes before it at its conflict keys, in order: the first one acts. Empty when it waits for nobody. */
  queue: z.array(queued),
  /** The gates asked about (all, or the step's own) that have been held or opened, in the order of the plan. */
  gates: z.array(gateView),
  nextCheck: z.strictObject({ by: z.string(), words: z.string() }).nullable(),
});
export type Explanation = z.output<typeof explanation>;

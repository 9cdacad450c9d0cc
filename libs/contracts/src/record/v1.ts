import { z } from 'zod';
import { mutationClass } from '../classification/v1';
import { scopeMembers } from '../command/v1';
import { envelopeOf } from '../envelope/v1';
import { changeName, digest, eventId, instant, name, sequenceId } from '../ids';
import { limits } from '../limits';
import { parameterName, parameters, plan, rung } from '../plan/v1';
import { resolvedExpectation } from '../target/v1';

export const RECORD_TYPE = 'causeway.record.decided.v1';

const text = z.string().max(limits.text);

/** A step as it will run: everything the plan and the target said, frozen when the sequence was accepted. */
export const frozenStep = z.strictObject({
  id: name,
  target: name,
  executor: name,
  change: changeName,
  with: parameters,
  /** Parameters that say which resource it is about; the others say what it becomes. */
  identifiedBy: z.array(parameterName),
  needs: z.array(name),
  /** What the plan says of attempts that were not applied; absent: it says nothing. */
  onFailure: z
    .strictObject({
      /** All attempts; 1: none after the first. */
      attempts: z.int().min(1).max(limits.attemptsPerStep),
      pauseMs: z.int().min(1),
      factor: z.int().min(1),
      longestPauseMs: z.int().min(1),
      then: z.enum(['fail', 'hold']),
    })
    .optional(),
  /** Names the resource it changes: no two sequences act on it at once. Absent: accepted by a release that knew no such keys. */
  conflictKey: z.string().max(limits.conflictKey).optional(),
  capability: z.enum(['A', 'B', 'C', 'D']),
  rung,
  /** The denominator: no member may be missing, none is added later. */
  scopes: z.array(scopeMembers).min(1),
  /** Absent for the rung `accepted`, which needs no look. */
  show: z
    .strictObject({
      probe: name,
      expect: z.array(resolvedExpectation).min(1),
      freshnessMs: z.int().min(1),
      /**
       * How old what shows it may be when a gate opens on it; older, it is looked for once more. Of a gate that needs several steps the
       * longest counts for all. Absent: accepted by a release that took a step for ready until its sequence ended.
       */
      validForMs: z.int().min(1).optional(),
      /** Whether it is looked at for the whole life of its sequence. A probe that answers at once has nothing to watch. */
      watched: z.boolean(),
    })
    .nullable(),
  consecutive: z.int().min(1),
  withinMs: z.int().min(1),
});
export type FrozenStep = z.output<typeof frozenStep>;

/** One thing wrong with a plan. `pointer` is a JSON pointer (RFC 6901) into the plan. */
export const problem = z.strictObject({ code: name, pointer: z.string(), message: text, hint: text.optional() });
export type Problem = z.output<typeof problem>;

/**
 * Why a gate is closed, one reason a scope and member. `not-begun`: the plan starts on resume; `out-of-sequence`: a mutation (named in
 * the detail) waits for an operator's decision; `stopped`: a step was not applied and is not tried again by itself; `conflict`: another sequence (named in the detail) has, or waits before this one for, a
 * conflict key; all three name the gate's own step, no scope and no member. `since` is when this reason began to hold; `lastReadingAt` when the
 * member was last seen at all (null: never).
 */
export const holdReason = z.strictObject({
  step: name,
  scope: name.nullable(),
  member: name.nullable(),
  verdict: z.enum(['not-ready', 'inconclusive']),
  reason: z.enum([
    'not-applied',
    'not-yet',
    'missing',
    'unreachable',
    'unreadable',
    'stale',
    'disagreeing',
    'not-begun',
    'out-of-sequence',
    'stopped',
    'conflict',
  ]),
  detail: text,
  since: instant,
  lastReadingAt: instant.nullable(),
});
export type HoldReason = z.output<typeof holdReason>;

/** What became of one scope of a step, with the readings that show it. */
export const scopeShown = z.strictObject({
  scope: name,
  /** When the last member of the scope was first seen so, as the prober claims. */
  effectiveAt: instant,
  /** SHA-256 of the reading message that shows it; of the result for the rung `accepted`. */
  evidence: digest,
});
export type ScopeShown = z.output<typeof scopeShown>;

/** The sequence right before this one at a conflict key, and its step that claims it (null: its plan names the key). */
export const aheadAtKey = z.strictObject({
  key: z.string().max(limits.conflictKey),
  sequenceId,
  step: name.nullable(),
});
export type AheadAtKey = z.output<typeof aheadAtKey>;

/** Place in the one order of everything that is decided about conflict keys, of all sequences: 1, 2, 3 and so on, without gaps. */
const turn = z.int().min(1);

const at = { at: instant };
const ofStep = { step: name, attempt: z.int().min(1) };

/** One decided fact of a sequence. The fold of these is the sequence's state, here and in any replay. */
export const evolutionRecord = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sequence-accepted'),
    key: z.string(),
    mode: z.enum(['apply', 'preview']),
    publisher: name,
    requestedBy: z.string(),
    plan,
    planDigest: digest,
    steps: z.array(frozenStep).min(1),
    /** The watch over its steps, ordered with this; null: there is nothing to watch. */
    watch: eventId.nullable(),
    /** Number of the decision rules it runs under; a change of rules never changes a running sequence. */
    semantics: z.literal(1),
    ...at,
  }),
  z.strictObject({
    kind: z.literal('intent-rejected'),
    key: z.string(),
    publisher: name,
    planDigest: digest,
    code: name,
    problems: z.array(problem).max(200),
    ...at,
  }),
  z.strictObject({ kind: z.literal('intent-repeated'), key: z.string(), intent: eventId, ...at }),
  /**
   * It asked for its conflict keys and has to wait, for the sequences right before it; told again, with the same turn, when these change.
   * Keys are given in the order of the turns at which they were asked for.
   */
  z.strictObject({ kind: z.literal('keys-awaited'), turn, behind: z.array(aheadAtKey).min(1), ...at }),
  /** From here until it ends it holds all its conflict keys. */
  z.strictObject({ kind: z.literal('keys-taken'), turn, ...at }),
  /** For the attempt that is ordered next. */
  z.strictObject({
    kind: z.literal('gate-opened'),
    /** null: the gate at the end of the sequence. */
    step: name.nullable(),
    evidence: z.array(z.strictObject({ step: name, scopes: z.array(scopeShown).min(1) })),
    ...at,
  }),
  z.strictObject({ kind: z.literal('gate-held'), step: name.nullable(), because: z.array(holdReason).min(1), ...at }),
  z.strictObject({
    kind: z.literal('step-commanded'),
    verb: z.enum(['apply', 'look-up']),
    ...ofStep,
    /** Event id of the command and SHA-256 of its exact bytes: a result must echo both. */
    commandId: eventId,
    commandDigest: digest,
    ...at,
  }),
  z.strictObject({
    kind: z.literal('step-applied'),
    ...ofStep,
    changed: z.boolean(),
    acceptedAt: instant,
    result: digest,
    /** True when a look-up found it, not the answer to the apply. */
    settledByLookUp: z.boolean(),
    ...at,
  }),
  /** The attempt may have taken effect twice: it was interrupted, found absent, and written again. Told before `step-applied`. */
  z.strictObject({ kind: z.literal('duplicate-suspected'), ...ofStep, reason: text, result: digest, ...at }),
  /** An operator said what became of an unknown outcome. What follows from it cites the decision as its result. */
  z.strictObject({
    kind: z.literal('step-settled'),
    ...ofStep,
    applied: z.boolean(),
    decision: eventId,
    by: z.string(),
    reason: text,
    ...at,
  }),
  z.strictObject({ kind: z.literal('outcome-unknown'), ...ofStep, reason: text, result: digest, ...at }),
  z.strictObject({
    kind: z.literal('step-not-applied'),
    ...ofStep,
    code: name,
    message: text,
    /** Nothing more is tried. */
    final: z.boolean(),
    /** When the next attempt is due at the earliest; null: when an operator resumes. Absent: it is final, or of an older release. */
    retryAt: instant.nullable().optional(),
    result: digest,
    ...at,
  }),
  /** Of a step that was shown ready already: what shows it is too old for the next gate, so it is looked at once more. */
  z.strictObject({ kind: z.literal('probe-requested'), ...ofStep, probeId: eventId, rung, ...at }),
  z.strictObject({
    kind: z.literal('step-ready'),
    ...ofStep,
    rung,
    scopes: z.array(scopeShown).min(1),
    /** Every look of the evidence began after this, by the clock of whoever decides. Absent: it needs no look, or an older release. */
    seenAfter: instant.optional(),
    ...at,
  }),
  /** One scope got there before the others did. */
  z.strictObject({ kind: z.literal('scope-ready'), ...ofStep, shown: scopeShown, ...at }),
  /** A scope that was ready no longer shows it, while the step still waits for others. */
  z.strictObject({ kind: z.literal('scope-withdrawn'), ...ofStep, scope: name, evidence: digest, ...at }),
  z.strictObject({ kind: z.literal('step-overdue'), ...ofStep, withinMs: z.int(), ...at }),
  z.strictObject({
    kind: z.literal('step-previewed'),
    ...ofStep,
    state: z.enum(['already-so', 'would-change', 'unknown']),
    result: digest,
    ...at,
  }),
  z.strictObject({
    kind: z.literal('input-refused'),
    input: eventId,
    type: z.string(),
    code: name,
    message: text,
    ...at,
  }),
  /** A mutation of one of its targets that is not just its own work. `holds`: nothing more is commanded until an operator decides. */
  z.strictObject({
    kind: z.literal('mutation-noticed'),
    mutation: eventId,
    target: name,
    step: name.nullable(),
    class: mutationClass,
    by: z.enum(['executor', 'other']),
    actor: z.string().max(300).nullable(),
    detail: text,
    holds: z.boolean(),
    ...at,
  }),
  /** An operator began it, or let it go on with these mutations accepted as they are. */
  z.strictObject({
    kind: z.literal('sequence-resumed'),
    decision: eventId,
    accepted: z.array(eventId).max(limits.acceptedPerDecision),
    by: z.string().max(200),
    reason: text,
    ...at,
  }),
  /** Nothing more is commanded; it ends once nothing is under way. */
  z.strictObject({
    kind: z.literal('sequence-aborted'),
    decision: eventId,
    by: z.string().max(200),
    reason: text,
    ...at,
  }),
  z.strictObject({
    kind: z.literal('sequence-ended'),
    outcome: z.enum(['completed', 'failed', 'aborted', 'previewed']),
    /** The turn at which its conflict keys became free. Absent: it had asked for none. */
    keysFreed: turn.optional(),
    ...at,
  }),
]);
export type EvolutionRecord = z.output<typeof evolutionRecord>;

/** The facts of one decision, in order; `version` is the stream version of the first (1 is the stream's first fact). */
export const recordData = z.strictObject({
  sequenceId,
  epoch: z.int().min(1),
  version: z.int().min(1),
  records: z.array(evolutionRecord).min(1),
});

export const record = envelopeOf(RECORD_TYPE, recordData);
export type RecordData = z.output<typeof recordData>;
export type RecordMessage = z.output<typeof record>;

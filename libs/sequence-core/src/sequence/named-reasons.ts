import type { FrozenStep } from '@causeway/contracts';
import { cut } from '../cut';
import { jsonBytes } from '../json-bytes';
import type { Unready } from '../readiness/verdict';
import { needsOfGate } from './order';

/**
 * Which reasons of a held gate are named: a hold has to fit its record, however many members lag. What is left out is counted in one more
 * reason, of its step and of no scope and member.
 *
 * The shares follow from the plan and from the steps that are not ready, which become more only when one is looked at once more. So a
 * reason that was named once is not left out by another look, and looks that say the same name the same.
 */

/** Reasons of one gate; of all gates that wait for one step. */
const MOST_OF_GATE = 200;
const MOST_OF_STEP = 1_000;
/** Of a reason's detail, characters, and bytes as JSON text. */
const LONGEST_DETAIL = 400;
const LONGEST_DETAIL_BYTES = 480;

/** How many reasons a gate names. @param gate null: the end */
export function mostNamed(steps: readonly FrozenStep[], gate: string | null): number {
  const wanted = new Set(needsOfGate(steps, gate));
  const dependents = new Map<string, number>();
  for (const step of steps)
    for (const need of step.needs) if (wanted.has(need)) dependents.set(need, (dependents.get(need) ?? 0) + 1);
  return Math.max(1, Math.min(MOST_OF_GATE, Math.floor(MOST_OF_STEP / Math.max(1, ...dependents.values()))));
}

/** @param groups the reasons of each step that is not ready, in the order of the gate's needs */
export function named(groups: readonly (readonly Unready[])[], most: number): Unready[] {
  const each = Math.floor(most / Math.max(1, groups.length));
  if (each > 0) return groups.flatMap((reasons) => someOf(reasons, each));
  return [...groups.slice(0, most - 1).flatMap((reasons) => someOf(reasons, 1)), ...restOf(groups.slice(most - 1))];
}

/** The first ones, and how many more there are. */
function someOf(reasons: readonly Unready[], most: number): Unready[] {
  if (reasons.length <= most) return reasons.map(shortened);
  const left = reasons.slice(most - 1);
  return [...reasons.slice(0, most - 1).map(shortened), summary(left, `and ${left.length} more of it`)];
}

const restOf = (groups: readonly (readonly Unready[])[]): Unready[] =>
  groups.some((reasons) => reasons.length > 0)
    ? [summary(groups.flat(), `it and ${groups.length - 1} more steps`)]
    : [];

function summary(left: readonly Unready[], detail: string): Unready {
  const { step, reason } = left[0] as Unready;
  const verdict = left.some((one) => one.verdict === 'inconclusive') ? 'inconclusive' : 'not-ready';
  return { step, scope: null, member: null, verdict, reason, detail, lastReadingAt: null };
}

/** With a detail that leaves room for the others. */
export function shortened(reason: Unready): Unready {
  let detail = cut(reason.detail, LONGEST_DETAIL);
  while (jsonBytes(detail) > LONGEST_DETAIL_BYTES) detail = cut(detail, Math.floor(detail.length * 0.8));
  return detail === reason.detail ? reason : { ...reason, detail };
}

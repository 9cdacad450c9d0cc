/**
 * Which open sequences are stuck, on whom, and what brings them on. Pure. A gate that waits for its evidence within the time its plan
 * allows is at work, not stuck.
 */
import { ok, spanText, wrong, type Finding } from '@causeway/self-check';
import type { FrozenStep } from '@causeway/contracts';
import type { OpenSequence, SequenceState, StepState } from '@causeway/sequence-core';
import type { Standing } from '../store/standing';

/** An executor answers, and the sequencer looks at its clock, within seconds. */
const LATE_MS = 60_000;
const CLOCK_LATE_MS = 15_000;

const CHECK = 'sequences';

/** @param nowMs by the sequencer's clock, Unix milliseconds */
export function judgeSequences({ open, states, due, dueSinceMs }: Standing, nowMs: number): Finding[] {
  const stuck = [...states].flatMap(([id, state]) => judgeSequence(id, state, nowMs));
  const lateMs = dueSinceMs === null ? 0 : nowMs - dueSinceMs;
  const clock =
    lateMs > CLOCK_LATE_MS
      ? [
          wrong(
            'failing',
            CHECK,
            'sequencer',
            `looks at no due time: ${due} open sequences wait for it, since ${spanText(lateMs)}`,
            'is a sequencer running, and does it hold the seat? start it again when it says it does',
          ),
        ]
      : [];
  const bad = [...clock, ...unlooked(open, states.size), ...stuck];
  return bad.length > 0 ? bad : [ok(CHECK, `${open} open`, 'none stuck')];
}

/** What was not looked at is not known: it may be stuck on something else than those that were. */
const unlooked = (open: number, looked: number): Finding[] =>
  open > looked
    ? [
        wrong(
          'unknown',
          CHECK,
          `${open} open`,
          `${looked} of ${open} looked at, those that moved longest ago; of the others nothing is known`,
          'causeway waiting tells what every sequence waits for; look again when fewer are open',
        ),
      ]
    : [];

/** What keeps one sequence; nothing for one that is at work. */
export function judgeSequence(id: string, state: SequenceState, nowMs: number): Finding[] {
  if (state.status !== 'open') return [];
  const name = `${state.acceptance.plan.metadata.name} ${id}`;
  return [...operators(name, id, state), ...stepsOf(name, id, state, nowMs)];
}

function operators(name: string, id: string, state: OpenSequence): Finding[] {
  const undecided = Object.entries(state.mutations).filter(([, { holds }]) => holds);
  const [first] = undecided;
  if (!first) return [];
  const [mutation, { class: found, actor, at }] = first;
  return [
    wrong(
      'attention',
      CHECK,
      name,
      `stands since ${clockText(at)}: ${undecided.length} changes around it wait for a decision, the first is ${mutation} (${found}) by ${actor ?? 'somebody unknown'}`,
      `causeway explain ${id}; then causeway resume ${id} --accept-all --reason "..." or causeway abort ${id} --reason "..."`,
    ),
  ];
}

const stepsOf = (name: string, id: string, state: OpenSequence, nowMs: number): Finding[] =>
  Object.entries(state.steps).flatMap(([step, now]) => {
    const frozen = state.acceptance.steps.find((one) => one.id === step);
    if (!frozen) return [];
    const at: StepPlace = {
      name,
      id,
      step,
      executor: frozen.executor,
      target: frozen.target,
      since: clockText(now.changedAt),
    };
    const late = nowMs - movesSinceMs(state, frozen, now) > LATE_MS;
    return judgeStep(at, now, late, frozen.capability === 'D');
  });

/** Since when something should be about to happen; infinite: it waits for what is told elsewhere. */
function movesSinceMs(state: OpenSequence, { needs }: FrozenStep, now: StepState): number {
  if (now.phase !== 'retry-later') return Date.parse(now.changedAt);
  const isDue = now.retryAt !== null && needs.every((need) => state.steps[need]?.phase === 'ready');
  return isDue ? Date.parse(now.retryAt ?? '') : Infinity;
}

interface StepPlace {
  readonly name: string;
  readonly id: string;
  readonly step: string;
  readonly executor: string;
  readonly target: string;
  readonly since: string;
}

function judgeStep(at: StepPlace, now: StepState, late: boolean, onlyPeopleCanTell: boolean): Finding[] {
  const { name, id, step, executor, target, since } = at;
  const logOf = `executor-${executor}: is it running, does it reach ${target}? its log tells`;
  switch (now.phase) {
    case 'outcome-unknown':
      if (onlyPeopleCanTell) return [settle(at, now)];
      return late
        ? [
            wrong(
              'failing',
              CHECK,
              name,
              `outcome of ${step} at ${target} unknown since ${since}: ${now.reason}`,
              logOf,
            ),
          ]
        : [];
    case 'commanded':
      return late
        ? [wrong('failing', CHECK, name, `no result of ${step} from executor-${executor} since ${since}`, logOf)]
        : [];
    case 'retry-later':
      if (now.retryAt === null) return [stopped(at, now)];
      return late
        ? [wrong('failing', CHECK, name, `${step} was to be tried again, since ${since}: ${now.because}`, logOf)]
        : [];
    case 'applied':
      return now.overdue
        ? [
            wrong(
              'attention',
              CHECK,
              name,
              `${step} was applied, and for longer than its plan allows ${target} does not show it everywhere`,
              `causeway explain ${id} ${step} names the members; the owner of ${target} can tell why they lag`,
            ),
          ]
        : [];
    default:
      return [];
  }
}

const stopped = (
  { name, id, step, target, since }: StepPlace,
  { because }: Extract<StepState, { phase: 'retry-later' }>,
): Finding =>
  wrong(
    'attention',
    CHECK,
    name,
    `${step} was not applied at ${target} since ${since}, and is not tried again by itself: ${because}`,
    `causeway explain ${id}; then causeway resume ${id} --reason "..." or causeway abort ${id} --reason "..."`,
  );

const settle = (
  { name, id, step, target, since }: StepPlace,
  { attempt, reason }: { readonly attempt: number; readonly reason: string },
): Finding =>
  wrong(
    'attention',
    CHECK,
    name,
    `outcome of ${step} at ${target} unknown since ${since}, and only a person can tell: ${reason}`,
    `look at ${target}, then: causeway settle ${id} ${step} --attempt ${attempt} --applied (or --not-applied) --reason "what was seen"`,
  );

const clockText = (instant: string): string => `${instant.slice(0, 10)} ${instant.slice(11, 19)}Z`;

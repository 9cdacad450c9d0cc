import {
  isOver,
  type Explanation,
  type GateView,
  type Hold,
  type QueuedView,
  type SequenceView,
  type StepView,
} from '@causeway/console-api';
import { conflictNext, conflictPlace, conflictUnblocks, isConflict } from './explain-conflict';
import {
  divergedIn,
  mutationOf,
  operatorPlace,
  operatorUnblocks,
  operatorWords,
  resumeCommand,
  waitsForOperator,
} from './explain-operator';
import { clock, list } from './words';

/**
 * Why a sequence, or one of its steps, is where it is: one sentence, the reasons as data and in words, and what happens next; nothing
 * (null) only where the sequence is over or the step is where it stays.
 * @param stepId absent: the sequence as a whole
 * @param queue who comes before it at its conflict keys
 */
export function explain(
  view: SequenceView,
  gates: readonly GateView[],
  stepId: string | null = null,
  queue: readonly QueuedView[] = [],
): Explanation {
  const step = stepId === null ? null : (view.steps.find(({ id }) => id === stepId) ?? null);
  const asked = step ? gates.filter(({ gate }) => gate === step.id) : [...gates];
  const who = { sequenceId: view.id, step: step?.id ?? null };
  const base = {
    ...who,
    status: view.status,
    asOf: view.asOf,
    gates: asked,
    diverged: divergedIn(view),
    queue: [...queue],
  };
  if (view.fault !== null) return { ...base, ...faulty(view.fault) };
  const answer = step ? explainStep(view, step) : explainSequence(view);
  const nextCheck = isOnlyConflict(answer.because) ? conflictNext(queue) : answer.nextCheck;
  return { ...base, ...answer, nextCheck };
}

type Answer = Pick<Explanation, 'summary' | 'since' | 'because' | 'nextCheck'>;

const isOnlyConflict = (because: Explanation['because']): boolean => because.length > 0 && because.every(isConflict);

const settled = (summary: string, since: string | null): Answer => ({ summary, since, because: [], nextCheck: null });

const faulty = (fault: string): Answer => ({
  ...settled(`This view stopped: ${fault}.`, null),
  nextCheck: { by: 'an operator', words: 'verify an export of the ledger; the records themselves are kept' },
});

function explainSequence(view: SequenceView): Answer {
  if (view.status === 'submitted') {
    const nextCheck = { by: 'sequencer', words: 'the sequencer decides when the intent reaches it' };
    return { ...settled('The intent is on its way; nothing is decided yet.', view.startedAt), nextCheck };
  }
  if (view.status === 'rejected') return rejected(view);
  if (view.status === 'failed') return failed(view);
  if (isOver(view.status))
    return settled(`The sequence is ${view.status}${abortedWords(view)}${divergedWords(view)}.`, view.endedAt);
  if (view.aborting) return aborting(view);
  if (view.holds.length > 0) return held(view, view.holds);
  const busy = view.steps.find(({ phase }) => !RESTING.has(phase));
  if (busy) return explainStep(view, busy);
  return { ...settled('The sequence is between two decisions.', view.startedAt), nextCheck: bySequencer('it decides') };
}

/** Phases in which nothing is under way. */
const RESTING: ReadonlySet<StepView['phase']> = new Set(['waiting', 'ready', 'not-applied', 'previewed']);

const bySequencer = (words: string): Explanation['nextCheck'] => ({ by: 'sequencer', words });

function aborting(view: SequenceView): Answer {
  const busy = view.steps.filter(({ phase }) => phase === 'commanded' || phase === 'outcome-unknown');
  const names = busy.map(({ id }) => id).join(', ') || 'nothing';
  const words = `The sequence is being aborted${abortedWords(view)}; nothing more is commanded. Still under way: ${names}.`;
  const nextCheck = busy[0]
    ? { by: executorOf(busy[0]), words: 'its result lets the sequence end' }
    : bySequencer('it ends the sequence');
  return { ...settled(words, view.aborted?.at ?? null), nextCheck };
}

function rejected({ rejection, endedAt }: SequenceView): Answer {
  const problems = rejection?.problems ?? [];
  const list = problems.map(({ pointer, message }) => `${pointer || '/'}: ${message}`).join('; ');
  return settled(`The plan was refused (${rejection?.code ?? 'unknown'})${list ? `: ${list}` : ''}.`, endedAt);
}

function failed(view: SequenceView): Answer {
  const culprits = view.steps.filter(({ phase }) => phase === 'not-applied');
  const words = culprits.map(({ id, problem }) => `step ${id} was not applied: ${problem?.code}: ${problem?.message}`);
  const waiting = view.steps.filter(({ phase }) => phase === 'waiting').map(({ id }) => id);
  const after = waiting.length > 0 ? ` Not started because of it: ${waiting.join(', ')}.` : '';
  return settled(`The sequence failed: ${words.join('; ') || 'no step can go on'}.${after}`, view.endedAt);
}

const abortedWords = ({ aborted }: SequenceView): string => (aborted ? `, by ${aborted.by}: ${aborted.reason}` : '');

const divergedWords = ({ diverged }: SequenceView): string =>
  diverged ? ', and diverged: things were done at its targets that the plan does not explain, or not then' : '';

function held(view: SequenceView, holds: readonly Hold[]): Answer {
  const gates = [...new Set(holds.map(({ gate }) => gate))];
  const since = holds.map((hold) => hold.since).sort()[0] ?? null;
  const names = gates.map((gate) => (gate === null ? 'The end of the sequence' : `Step ${gate}`)).join(', ');
  const missing = [...new Set(holds.map((hold) => placeOf(hold, view)))].join(', ');
  return {
    summary: `${names} ${gates.length > 1 ? 'wait' : 'waits'} for ${missing}.`,
    since,
    because: holds.map((hold) => reasonOf(hold, view)),
    nextCheck: nextLook(view, holds),
  };
}

function placeOf(hold: Hold, view: SequenceView): string {
  if (waitsForOperator(hold)) return operatorPlace(hold, view);
  if (isConflict(hold)) return conflictPlace(view);
  return hold.member === null ? `step ${hold.step}` : `${hold.member} (${hold.scope}) of step ${hold.step}`;
}

function reasonOf(hold: Hold, view: SequenceView): Explanation['because'][number] {
  const mutation = mutationOf(hold, view);
  const isOperators = waitsForOperator(hold);
  return {
    ...hold,
    words: isOperators ? operatorWords(hold, view) : holdInWords(hold),
    unblocks: isOperators ? operatorUnblocks(view) : unblocks(hold, view),
    who: isOperators ? 'an operator' : helperOf(hold, view),
    mutation: mutation?.id ?? null,
    index: mutation?.index ?? null,
  };
}

/** Whoever runs what is missing. */
function helperOf({ step: id, reason, member }: Hold, view: SequenceView): string {
  if (reason === 'conflict') return 'whoever runs the sequence before it';
  const step = view.steps.find((one) => one.id === id);
  if (!step) return 'the sequencer';
  if (reason === 'not-applied') return executorOf(step);
  return `whoever runs ${member ?? 'it'} of ${step.target}`;
}

const REASONS: Readonly<Record<string, string>> = {
  'not-applied': 'is not applied yet',
  'not-yet': 'does not show the change yet',
  missing: 'has not been seen at all',
  unreachable: 'could not be reached',
  unreadable: 'gave an answer that says nothing about the change',
  stale: 'was last seen too long ago',
  disagreeing: 'gives answers that disagree',
};

function holdInWords(hold: Hold): string {
  if (isConflict(hold)) return hold.detail;
  const subject = hold.member === null ? `step ${hold.step}` : `${hold.member} in ${hold.scope}`;
  return `${subject} ${REASONS[hold.reason] ?? hold.reason}: ${hold.detail}`;
}

function unblocks({ reason, member, scope, step }: Hold, view: SequenceView): string {
  if (reason === 'conflict') return conflictUnblocks(view);
  if (reason === 'not-applied') return `the executor reports that step ${step} is applied`;
  if (member === null) return `every member of step ${step} shows its change`;
  if (reason === 'not-yet') return `${member} in ${scope} shows the change of step ${step}`;
  return `a fresh reading of ${member} in ${scope} that shows the change of step ${step}`;
}

function nextLook(view: SequenceView, holds: readonly Hold[]): Explanation['nextCheck'] {
  if (holds.some(waitsForOperator)) return { by: 'an operator', words: resumeCommand(view) };
  const looked = holds.find(({ reason }) => reason !== 'not-applied');
  if (looked) {
    return {
      by: 'readiness-prober',
      words:
        'the prober keeps looking at the pace its target declares; a look that shows the change opens the gate by itself',
    };
  }
  const step = view.steps.find(({ id }) => id === holds[0]?.step);
  return step ? { by: executorOf(step), words: 'its result moves the sequence on' } : null;
}

const executorOf = ({ executor }: StepView): string => `executor-${executor}`;

/** What a step does now; `null` where its gate or its looks are the answer. */
function explainStep(view: SequenceView, step: StepView): Answer {
  const { id, since, phase, problem } = step;
  switch (phase) {
    case 'waiting':
      return explainGate(view, step);
    case 'commanded':
      return {
        ...settled(`Step ${id} was ordered (attempt ${step.attempt}); its executor has not answered yet.`, since),
        nextCheck: { by: executorOf(step), words: 'its result, or its deadline, moves the step on' },
      };
    case 'retry-later':
      return view.holds.some(({ gate }) => gate === id) ? explainGate(view, step) : explainRetry(view, step);
    case 'outcome-unknown':
      return {
        ...settled(
          `It is not known whether step ${id} took effect: ${problem?.message}. It is never ordered again blindly.`,
          since,
        ),
        nextCheck: { by: executorOf(step), words: settledHow(view, step) },
      };
    case 'applied':
      return explainLooks(view, step);
    case 'ready':
      return settled(
        `Step ${id} is ${step.rung} in every scope${step.changed === false ? '; it was already so' : ''}.`,
        since,
      );
    case 'not-applied':
      return settled(`Step ${id} was not applied: ${problem?.code}: ${problem?.message}.`, since);
    case 'previewed':
      return settled(`Preview of step ${id}: ${step.found}.`, since);
  }
}

/** Attempt k of n, and when the next one is due. */
function explainRetry(view: SequenceView, { id, since, problem, attempt, attemptOf, retryAt }: StepView): Answer {
  const failed = `Step ${id} was not applied at attempt ${attempt} of ${attemptOf}: ${problem?.message}.`;
  if (retryAt === null)
    return {
      ...settled(`${failed} It is not tried again before an operator resumes.`, since),
      nextCheck: { by: 'an operator', words: resumeCommand(view) },
    };
  const words = `attempt ${(attempt ?? 0) + 1} is ordered at ${clock(retryAt)} at the earliest`;
  return { ...settled(`${failed} It is tried again.`, since), nextCheck: { by: 'sequencer', words } };
}

/** By a look-up where the target can tell; else only by a person. */
const settledHow = ({ id }: SequenceView, { id: step, attempt }: StepView): string =>
  'a look-up at the target settles it; where the target cannot tell, a person who has looked: ' +
  `causeway settle ${id} ${step} --attempt ${attempt} --applied (or --not-applied) --reason "..."`;

function explainGate(view: SequenceView, step: StepView): Answer {
  if (view.aborting)
    return settled(`Step ${step.id} will not start: the sequence is being aborted.`, view.aborted?.at ?? null);
  const own = view.holds.filter(({ gate }) => gate === step.id);
  if (own.length > 0) return held(view, own);
  if (isOver(view.status)) return settled(`Step ${step.id} never started: the sequence ${view.status}.`, view.endedAt);
  const lost = lostFor(view, step);
  if (lost !== null) return settled(`Step ${step.id} will not start: step ${lost} was not applied.`, step.since);
  const open = step.needs.filter((need) => view.steps.find(({ id }) => id === need)?.phase !== 'ready');
  return {
    ...settled(`Step ${step.id} has not started; it needs ${open.join(', ') || 'its turn'}.`, step.since),
    nextCheck: bySequencer(`step ${step.id} is ordered ${open.length > 0 ? `after ${list(open)}` : 'next'}`),
  };
}

/** The step for which this one can never start: it needs it, perhaps by way of others, and it was not applied. */
function lostFor({ steps }: SequenceView, { needs }: StepView): string | null {
  const before = new Set(needs);
  // What is added meanwhile is gone through as well.
  for (const id of before) {
    const step = steps.find((one) => one.id === id);
    if (step?.phase === 'not-applied') return id;
    if (step?.phase === 'waiting') step.needs.forEach((need) => before.add(need));
  }
  return null;
}

function explainLooks(view: SequenceView, step: StepView): Answer {
  const pending = view.holds.filter((hold) => hold.step === step.id);
  const unready = step.scopes.filter(({ ready }) => !ready).map(({ scope }) => scope);
  const late = step.overdue ? ' It is overdue.' : '';
  const words =
    step.againSince === null
      ? `Step ${step.id} is applied, and not yet shown ${step.rung} in ${unready.join(', ')}.`
      : `Step ${step.id} was shown ${step.rung}, but too long ago for the next gate: it is looked at once more.`;
  return {
    summary: `${words}${late}`,
    since: step.againSince ?? step.scopes[0]?.acceptedAt ?? step.since,
    because: pending.map((hold) => reasonOf(hold, view)),
    nextCheck: { by: 'readiness-prober', words: 'the prober keeps looking at the pace its target declares' },
  };
}

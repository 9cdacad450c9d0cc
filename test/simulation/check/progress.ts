import { INTENT_TYPE } from '@causeway/contracts';
import type { OpenSequence, SequenceState } from '@causeway/sequence-core';
import { sequenceOf } from '../services/client';
import type { Evidence } from './evidence';
import { plannedSteps } from './plan-of';
import { stateOf } from './states';
import { violation, type Violation } from './violation';

/** I11: what a client was told to be taken is on its topic, and at a quiet moment in the ledger and decided on. */
export function* nothingAcknowledgedIsLost({
  acknowledged,
  topics,
  byEvent,
  told,
  scenario,
}: Evidence): Iterable<Violation> {
  const onTopics = new Set([...topics.values()].flat(2).map(({ headers }) => headers.ce_id));
  for (const { key, eventId } of acknowledged) {
    if (!onTopics.has(eventId)) yield violation('I11', `the intent ${key} was acknowledged and is on no topic`);
    if (scenario.mode !== 'liveness') continue;
    if (byEvent.get(eventId)?.message.type !== INTENT_TYPE)
      yield violation('I11', `the intent ${key} is not in the ledger`);
    if (!told.has(sequenceOf(key))) yield violation('I11', `the intent ${key} was never decided on`);
  }
}

/** I10: with nothing failing any more, every sequence ends or waits for what it can name. */
export function* everythingEndsOrWaits(evidence: Evidence): Iterable<Violation> {
  const { scenario } = evidence;
  if (scenario.mode !== 'liveness') return;
  const sent = scenario.intents.filter(({ data }) => evidence.acknowledged.some(({ key }) => key === data.key));
  if (sent.length < scenario.intents.length) yield violation('I10', 'a client never got through');
  for (const { data } of sent) {
    const sequenceId = sequenceOf(data.key);
    const state = stateOf((evidence.told.get(sequenceId) ?? []).map(({ fact }) => fact));
    if (typeof state === 'string') {
      yield violation('I12', `${data.key}: ${state}`);
      continue;
    }
    const stuck = state.status === 'open' ? whyStuck(state, sequenceId, evidence) : null;
    if (stuck) yield violation('I10', `sequence ${data.key} ${stuck}`);
  }
}

/** A step of it is tried again only when an operator resumes. */
const hasStopped = ({ steps }: OpenSequence): boolean =>
  Object.values(steps).some((step) => step.phase === 'retry-later' && step.retryAt === null);

/** Null: it waits for a named reason. */
function whyStuck(state: OpenSequence, sequenceId: string, evidence: Evidence): string | null {
  if (hasStopped(state)) return null;
  const waits = [...Object.entries(state.steps)].map(([id, step]) =>
    whyStepIsStuck(id, step, state, sequenceId, evidence),
  );
  return waits.find((why) => why !== null) ?? null;
}

type Step = OpenSequence['steps'][string];

function whyStepIsStuck(
  id: string,
  step: Step,
  state: OpenSequence,
  sequenceId: string,
  evidence: Evidence,
): string | null {
  switch (step.phase) {
    case 'ready':
    case 'not-applied':
    case 'previewed':
      return null;
    case 'waiting':
      if (state.claim?.phase === 'waiting') return whyKeysAreStuck(state.claim.behind, evidence);
      return needsAreReady(state, id) ? `never commanded ${id}` : null;
    case 'outcome-unknown':
      return `never settled ${id}`;
    case 'applied':
      return isHeld(state, id)
        ? (isShownByAll(evidence, sequenceId, id) && `holds ${id}, which all members show`) || null
        : `waits for ${id} without a hold`;
    case 'retry-later':
      return needsAreReady(state, id) ? `left ${id} ${step.phase}` : null;
    case 'commanded':
      return `left ${id} ${step.phase}`;
  }
}

const needsAreReady = ({ acceptance, steps }: OpenSequence, id: string): boolean =>
  (acceptance.steps.find((one) => one.id === id)?.needs ?? []).every((need) => steps[need]?.phase === 'ready');

/** Who waits for keys waits for sequences that have not ended. */
function whyKeysAreStuck(behind: readonly { sequenceId: string }[], { told }: Evidence): string | null {
  const left = behind.filter(({ sequenceId }) => {
    const facts = told.get(sequenceId) ?? [];
    return !facts.some(({ fact }) => fact.kind === 'sequence-ended');
  });
  return left.length > 0 ? null : 'waits for conflict keys that are free';
}

const isHeld = (state: OpenSequence, id: string): boolean =>
  Object.values(state.holds).some(({ because }) => because.some(({ step }) => step === id));

export function isShownByAll(of: Pick<Evidence, 'house' | 'intents'>, sequenceId: string, id: string): boolean {
  const step = plannedSteps(of, sequenceId).find((one) => one.id === id);
  const target = of.house.targets.get(step?.target ?? '');
  return (step?.scopes ?? []).every(({ scope, members }) =>
    members.every((member) => target?.shownBy(scope, member, step?.resource ?? '') === step?.value),
  );
}

/** Whether nothing will move a state any more that nothing in the world moves: it has ended, or waits for members to show a step. */
export const isAtRest = (state: SequenceState, isShown: (id: string) => boolean): boolean =>
  state.status !== 'open' ||
  (!waitsForPerson(state) &&
    (state.claim?.phase === 'waiting' ||
      (hasStopped(state) &&
        Object.values(state.steps).every(({ phase }) => phase !== 'commanded' && phase !== 'applied')) ||
      (state.acceptance.steps.some(({ id }) => state.steps[id]?.phase === 'applied') &&
        state.acceptance.steps.every(({ id }) => {
          const phase = state.steps[id]?.phase;
          if (phase === 'applied') return isHeld(state, id) && !isShown(id);
          if (phase === 'waiting' || phase === 'retry-later') return !needsAreReady(state, id);
          return phase === 'ready' || phase === 'not-applied';
        }))));

const waitsForPerson = ({ begun, mutations }: OpenSequence): boolean =>
  !begun || Object.values(mutations).some(({ holds }) => holds);

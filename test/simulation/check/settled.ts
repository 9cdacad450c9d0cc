import { CLASSIFICATION_TYPE, topicNames } from '@causeway/contracts';
import type { House } from '../house';
import { sequenceOf } from '../services/client';
import { EPOCH_MS } from '../time/timers';
import { BEHIND_MS, factsOf, intentsOf } from './evidence';
import { isAtRest, isShownByAll } from './progress';
import { stateOf } from './states';

/** Nothing has moved in the world or in any stream for so long that nothing will: longer than every lag, lease, pause and asking again. */
const STILL_MS = 160_000;
/** How long nothing has moved before what is done is believed to be told as well. */
const DONE_MS = 3_000;

/** Whether a run in which nothing fails any more has come to its end. */
export function isSettled(house: House): boolean {
  const moved = house.journal.length + factsThatMove(house);
  if (moved !== house.stillness.moved) house.stillness = { moved, sinceMs: house.time.now };
  const stillMs = house.time.now - house.stillness.sinceMs;
  if (stillMs < DONE_MS || !isCaughtUp(house)) return false;
  return stillMs > STILL_MS || (isEveryIntentTold(house) && isEverySequenceAtRest(house) && isEveryChangeTold(house));
}

function isEverySequenceAtRest(house: House): boolean {
  const facts = factsOf(house);
  const intents = intentsOf(house);
  const isOnTheWay = isSomethingOnTheWay(house);
  return house.scenario.intents.every(({ data }) => {
    const sequenceId = sequenceOf(data.key);
    const state = stateOf(facts.get(sequenceId) ?? []);
    // A stream that cannot be folded is broken already: there is nothing to wait for.
    if (typeof state === 'string') return true;
    if (state.status === 'absent' || (state.status === 'open' && isOnTheWay)) return false;
    return isAtRest(state, (id) => isShownByAll({ house, intents }, sequenceId, id));
  });
}

/** Writes that will arrive, and members that will show what they do not show yet. */
const isSomethingOnTheWay = ({ targets }: House): boolean =>
  [...targets.values()].some(({ comingUp, underWay }) => comingUp > 0 || [...underWay.values()].some((n) => n > 0));

/** Observers have told what was changed, and the sequencer has classed it. */
function isEveryChangeTold({ scenario, targets, ledger }: House): boolean {
  if (!scenario.isObserved) return true;
  const classed = ledger.arrivals.filter(({ type }) => type === CLASSIFICATION_TYPE).length;
  let changes = 0;
  for (const { history, observedFrom } of targets.values()) {
    if (observedFrom === null) return false;
    changes += history.length - observedFrom;
  }
  return classed >= changes;
}

/** Topics on which somebody says something every few seconds, whatever happens. */
const TOLD_AGAIN: ReadonlySet<string> = new Set([topicNames.readings, topicNames.observations]);

/** Asking again after a prober that has nothing new to say moves nothing. */
const ASKING_AGAIN = '[{"kind":"probe-requested"';

function factsThatMove(house: House): number {
  let count = 0;
  for (const { body } of house.schema('sequencer').tables.rows('fact').values())
    if (!(body as string).startsWith(ASKING_AGAIN)) count++;
  return count;
}

const isEveryIntentTold = ({ scenario, acknowledged }: House): boolean =>
  acknowledged.length >= scenario.intents.reduce((sum, { repeats }) => sum + 1 + repeats, 0);

/** Outboxes are sent, and the ledger has taken what was sent. */
function isCaughtUp(house: House): boolean {
  for (const schema of house.allSchemas().values()) if (schema.tables.rows('outbox').size > 0) return false;
  for (const partitions of house.broker.topics.values())
    for (const { topic, partition, offset, timestampMs } of partitions.flat()) {
      const isYoung = TOLD_AGAIN.has(topic) && timestampMs - EPOCH_MS > house.time.now - BEHIND_MS;
      if (isYoung || topic.startsWith('causeway.ledger')) continue;
      if (!house.ledger.places.has(`${topic}/${partition}/${offset}`)) return false;
    }
  return true;
}

import { topicNames } from '@causeway/contracts';
import type { House } from '../house';
import { sequenceOf } from '../services/client';
import { EPOCH_MS } from '../time/timers';
import { BEHIND_MS, factsOf } from './evidence';
import { isAtRest } from './progress';
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
  return stillMs > STILL_MS || (isEveryIntentTold(house) && isEverySequenceAtRest(house));
}

function isEverySequenceAtRest(house: House): boolean {
  const facts = factsOf(house);
  const states = house.scenario.intents.map(({ data }) => stateOf(facts.get(sequenceOf(data.key)) ?? []));
  // A stream that cannot be folded is broken already: there is nothing to wait for.
  return states.every((state) => typeof state === 'string' || (state.status !== 'absent' && isAtRest(state)));
}

/** Asking again after a prober that has nothing new to say moves nothing. */
const ASKING_AGAIN = '{"kind":"probe-requested"';

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
      const isYoung = topic === topicNames.readings && timestampMs - EPOCH_MS > house.time.now - BEHIND_MS;
      if (isYoung || topic.startsWith('causeway.ledger')) continue;
      if (!house.ledger.places.has(`${topic}/${partition}/${offset}`)) return false;
    }
  return true;
}

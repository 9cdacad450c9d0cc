import { INTENT_TYPE, sequenceIdSeed, topicNames, uuidFromHash } from '@causeway/contracts';
import { seal } from '@causeway/messaging';
import { sha256 } from '@causeway/signing';
import type { House } from '../house';
import { simSigner } from '../keys';
import type { SimProcess } from '../process';
import type { PlannedIntent } from '../scenario/scenario';

const PUBLISHER = 'publisher-ci';

/** Which sequence an intent's key names. */
export const sequenceOf = (key: string): string => uuidFromHash(sha256(Buffer.from(sequenceIdSeed(PUBLISHER, key))));

/**
 * An upstream system: sends each intent until the broker has it. After a crash it begins anew with what it has no
 * answer for, under the same key and another event id.
 */
export async function bootClient(house: House, process: SimProcess): Promise<void> {
  const bus = house.broker.open(process);
  const now = (): number => Date.now();
  const publish = async ({ atMs, data }: PlannedIntent): Promise<void> => {
    const id = house.newId();
    const sequenceId = sequenceOf(data.key);
    const draft = { id, topic: topicNames.intents, key: sequenceId, type: INTENT_TYPE, subject: sequenceId, data };
    const whole = { ...draft, correlationId: sequenceId, causationIds: [] };
    const sealed = seal([whole], { signer: simSigner(PUBLISHER), now, newId: house.newId });
    await pause(Math.max(1, atMs - house.time.now));
    while (house.scenario.told && !isFollowed(house)) await pause(200);
    while (!(await isSent(bus.send(sealed)))) await pause(300);
    house.acknowledged.push({ key: data.key, eventId: id });
  };
  const isTold = (intent: PlannedIntent): boolean =>
    house.acknowledged.filter(({ key }) => key === intent.data.key).length > intent.repeats;
  for (const intent of house.scenario.intents) while (!isTold(intent)) await publish(intent);
}

/** A told story begins once every target is observed, so that what others do in it is always seen. */
const isFollowed = (house: House): boolean =>
  house.executors.every((name) => {
    const row = house.schema(`executor-${name}`).tables.rows('observing').get(name);
    return row !== undefined && row.cursor !== null;
  });

const isSent = (sending: Promise<void>): Promise<boolean> =>
  sending.then(
    () => true,
    () => false,
  );

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

import {
  COMMAND_TYPE,
  RESULT_TYPE,
  SIGNATURE_HEADER,
  topicNames,
  type Command,
  type PlanDocument,
  type ResultData,
} from '@causeway/contracts';
import { seal, type RawMessage } from '@causeway/messaging';
import { sha256Hex } from '@causeway/signing';
import type { House } from '../house';
import { simSigner } from '../keys';
import { capabilityOf } from '../world/sim-executor';

const FOREIGN_AFTER_MS = 100;
const AT = '2026-01-31T12:00:00.000Z';

/** Before any executor can have answered: a forged answer that comes after the true one claims nothing that is awaited. */
const BEFORE_THE_ANSWER_MS = 40;

/** What others put on the topics: the same message again, garbage, results that nobody awaits or that others sign. */
export function makeMischief(house: House): void {
  const { broker, faults, dice, time } = house;
  broker.onStored = (raw) => {
    const later = (act: () => void, mostMs = 9_000): void => void time.schedule(dice.between(1, mostMs), null, act);
    if (faults.strikes('message-published-again')) later(() => broker.store(raw));
    if (raw.value && faults.strikes('garbage-message')) later(() => broker.store(garbage(house, raw)));
    if (raw.topic.startsWith('causeway.commands.') && isWhole(house, raw) && faults.strikes('forged-result'))
      later(() => forge(house, raw), BEFORE_THE_ANSWER_MS);
  };
}

const isWhole = ({ verifier }: House, { headers, value }: RawMessage): boolean =>
  value !== null && verifier.verify(headers[SIGNATURE_HEADER], value).ok;

/** Other people at the targets: the same earlier or again, or something else. */
export function changeFromOutside(house: House): void {
  const { faults, dice, scenario, time, targets } = house;
  for (const { data } of scenario.intents)
    for (const step of (data.plan as unknown as PlanDocument).spec.steps) {
      if (!faults.strikes('foreign-change')) continue;
      const resource = String(step.with?.resource);
      const value = dice.chance(0.5) ? String(step.with?.value) : 'other';
      const write = { resource, value, capability: capabilityOf(step.change), ...NOBODY, sentAt: time.now };
      time.schedule(dice.between(0, scenario.faultsForMs), null, () => targets.get(step.target)?.write(write));
    }
}

const NOBODY = { attemptId: null, from: null };

/** The change of somebody else that a told story has. */
export function changeAsTold({ scenario, targets, time }: House): void {
  const foreign = scenario.told?.foreign;
  if (!foreign) return;
  let isDone = false;
  const { target, resource, value, afterStep } = foreign;
  const change = (): void => {
    if (isDone) return;
    isDone = true;
    const write = { resource, value, capability: 'C', ...NOBODY, sentAt: time.now };
    time.schedule(FOREIGN_AFTER_MS, null, () => targets.get(target)?.write(write));
  };
  for (const each of targets.values())
    each.onWrite = ({ attemptId }) => {
      if (attemptId?.split('/')[1] === afterStep) change();
    };
}

function garbage({ dice }: House, raw: RawMessage): RawMessage {
  const value = raw.value as Buffer;
  const altered = Buffer.from(value);
  altered[dice.int(0, value.length - 1)] = dice.int(32, 126);
  const { 'causeway-signature': _signature, ...unsigned } = raw.headers;
  const kinds: Partial<RawMessage>[] = [
    { value: altered },
    { headers: unsigned },
    { value: Buffer.from('[[[[') },
    { value: null },
    { key: `${raw.key}-other` },
  ];
  return { ...raw, ...dice.pick(kinds) };
}

/** "It is done", said by who does not answer for the target, or about another command than the one that was sent. */
function forge(house: House, raw: RawMessage): void {
  const command = JSON.parse(String(raw.value)) as Command;
  if (command.type !== COMMAND_TYPE) return;
  const { sequenceId, step, attempt, epoch, verb, target } = command.data;
  const others = [
    ...house.executors.filter((name) => name !== target).map((name) => `executor-${name}`),
    'publisher-ci',
  ];
  const isOther = house.dice.chance(0.6);
  const signer = simSigner(isOther ? house.dice.pick(others) : `executor-${target}`);
  const data: ResultData = {
    ...{ sequenceId, step, attempt, epoch, verb, target, startedAt: AT, finishedAt: AT },
    commandDigest: isOther ? sha256Hex(raw.value as Buffer) : 'e'.repeat(64),
    outcome: { kind: 'applied', changed: true, acceptedAt: AT, evidence: {} },
  };
  const about = { key: sequenceId, subject: sequenceId, correlationId: sequenceId, causationIds: [command.id] };
  const draft = { topic: topicNames.results, type: RESULT_TYPE, ...about, data };
  for (const sealed of seal([draft], { signer, now: () => Date.now(), newId: house.newId })) house.broker.store(sealed);
}

/** What people, executors, observers and the prober say in the sequencer's integration specs. */
import {
  COVERAGE_TYPE,
  DECISION_TYPE,
  INTENT_TYPE,
  MUTATION_TYPE,
  PROBE_TYPE,
  READING_TYPE,
  RESULT_TYPE,
  sequenceIdSeed,
  topicNames,
  uuidFromHash,
  type CoverageData,
  type EvolutionRecord,
  type IntentData,
  type MutationData,
  type Outcome,
  type ProbeRequest,
} from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import type { Sealed } from '@causeway/messaging';
import { sha256, sha256Hex } from '@causeway/signing';
import { exampleMutation } from '@causeway/testkit';
import type { SequencerHouse } from './sequencer-house';

let keys = 0;

/** A plan is submitted; resolves with the sequence's id once it is decided on. */
export async function submit(house: SequencerHouse, document: unknown): Promise<string> {
  const key = `CHG-${++keys}`;
  const plan = document as IntentData['plan'];
  const data = { key, mode: 'apply', plan, planDigest: sha256Hex(canonicalJson(plan)), requestedBy: 'team-identity' };
  const about = { key, subject: key, correlationId: key, causationIds: [] };
  await house.send(house.sealed('publisher-ci', { ...about, topic: topicNames.intents, type: INTENT_TYPE, data }));
  const id = uuidFromHash(sha256(Buffer.from(sequenceIdSeed('publisher-ci', key))));
  await house.until(`${key} is decided on`, () => house.factsOf(id).length > 0);
  return id;
}

/** The executor did what it was told. */
export const applied = (house: SequencerHouse, sequenceId: string, step: string): Promise<void> =>
  answered(house, sequenceId, step, {
    ...{ kind: 'applied', changed: true, acceptedAt: new Date().toISOString(), evidence: {} },
  });

/** The executor answers the newest command of a step. */
export async function answered(
  house: SequencerHouse,
  sequenceId: string,
  step: string,
  outcome: Outcome,
): Promise<void> {
  await house.until(`${step} is commanded`, () => house.commandsOf(sequenceId, step).length > 0);
  const command = house.commandsOf(sequenceId, step).at(-1);
  if (!command) throw new Error(`nobody commanded ${step}`);
  const { attempt, epoch, verb, target } = command.message.data;
  const at = new Date().toISOString();
  const data = {
    sequenceId,
    step,
    attempt,
    epoch,
    verb,
    target,
    commandDigest: command.digest,
    startedAt: at,
    finishedAt: at,
    outcome,
  };
  await say(house, 'executor-tester', sequenceId, topicNames.results, RESULT_TYPE, data, [command.message.id]);
}

/** The prober sees the step's change at all its members. */
export async function shown(house: SequencerHouse, sequenceId: string, step: string): Promise<void> {
  const requests = (): ProbeRequest[] =>
    house.heard<ProbeRequest>(PROBE_TYPE).filter(({ data }) => data.sequenceId === sequenceId && data.step === step);
  await house.until(`${step} is to be looked at`, () => requests().length > 0);
  const { id, data: asked } = requests()[0] as ProbeRequest;
  const { attempt, epoch, target, scopes } = asked;
  const takenAt = new Date().toISOString();
  const outcome = { kind: 'observed', values: { value: 'new' } };
  const readings = scopes.flatMap(({ scope, members }) =>
    members.map((member) => ({ scope, member, takenAt, streak: 1, outcome })),
  );
  const data = { sequenceId, step, attempt, epoch, target, probeId: id, round: 1, readings };
  await say(house, 'readiness-prober', sequenceId, topicNames.readings, READING_TYPE, data, [id]);
}

export const decided = (house: SequencerHouse, sequenceId: string, verb: 'resume' | 'abort', accept: string[] = []) => {
  const data = { sequenceId, verb, accept, reason: 'as agreed', decidedBy: 'operator' };
  return say(house, 'console', sequenceId, topicNames.decisions, DECISION_TYPE, data, []);
};

export const settled = (house: SequencerHouse, sequenceId: string, step: string, isApplied: boolean) => {
  const data = { sequenceId, verb: 'settle', accept: [], settle: { step, applied: isApplied } };
  const word = { ...data, reason: 'looked at by hand', decidedBy: 'operator' };
  return say(house, 'console', sequenceId, topicNames.decisions, DECISION_TYPE, word, []);
};

/** What an observer says, sealed, so that it can be sent as often as wanted. */
export const mutationOf = (house: SequencerHouse, more: Partial<MutationData>, principal = 'executor-tester'): Sealed =>
  observation(house, MUTATION_TYPE, exampleMutation(more), principal);

export function coverageOf(house: SequencerHouse, target: string, principal = 'executor-tester'): Sealed {
  const at = new Date().toISOString();
  return observation(house, COVERAGE_TYPE, { target, kind: 'covered', from: at, to: at, reason: null }, principal);
}

function observation(
  house: SequencerHouse,
  type: string,
  data: CoverageData | MutationData,
  principal: string,
): Sealed {
  const about = { key: data.target, subject: data.target, correlationId: data.target, causationIds: [] };
  return house.sealed(principal, { ...about, topic: topicNames.observations, type, data });
}

const say = (
  house: SequencerHouse,
  principal: string,
  id: string,
  topic: string,
  type: string,
  data: unknown,
  causationIds: string[],
): Promise<void> =>
  house.send(house.sealed(principal, { topic, type, key: id, subject: id, correlationId: id, causationIds, data }));

export const has = (facts: readonly EvolutionRecord[], kind: EvolutionRecord['kind'], step?: string): boolean =>
  facts.some((fact) => fact.kind === kind && (step === undefined || ('step' in fact && fact.step === step)));

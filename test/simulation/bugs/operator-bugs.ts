import type { DecisionMessage, EvolutionRecord, Result } from '@causeway/contracts';
import type { Received } from '@causeway/messaging';
import type { OpenSequence } from '@causeway/sequence-core';
import { Decider } from '../../../apps/sequencer/src/handle/decider';
import type { FaultKind } from '../faults';
import type { Remembered } from '../seams';
import { OBSERVED_PREFIX } from '../world/sim-looks';
import { patchMethod, type PlantedBug } from './planted-bug';

const LOST_ANSWERS: readonly FaultKind[] = ['answer-of-call-lost', 'error-although-done', 'call-lost'];

type Decided = Received & { readonly message: DecisionMessage };

const isDecision = (received: Received): received is Decided => received.message.type === 'causeway.decision.made.v1';

/** Changes what people say on its way in. */
const onDecisions = (change: (received: Decided, state: OpenSequence | undefined) => Received) => ({
  sequencerInput: (all: Received[], states: Remembered): Received[] =>
    all.map((received) => {
      if (!isDecision(received)) return received;
      const state = states.get(received.message.data.sequenceId);
      return change(received, state?.status === 'open' ? state : undefined);
    }),
});

/** Adds what an executor would have said to what a person says. */
function asResult(received: Decided, state: OpenSequence): Received {
  const { message } = received;
  const { settle, sequenceId } = message.data;
  const step = settle && state.steps[settle.step];
  const frozen = state.acceptance.steps.find(({ id }) => id === settle?.step);
  if (!settle || !frozen || step?.phase !== 'commanded') return received;
  const at = '2026-01-31T12:00:00.000Z';
  const result = {
    ...message,
    ...{ type: 'causeway.result.reported.v1', source: `/executor-${frozen.executor}` },
    causationIds: [step.command.id],
    data: {
      ...{ sequenceId, step: settle.step, attempt: step.attempt, epoch: state.epoch, verb: 'apply' },
      ...{ target: frozen.target, commandDigest: step.command.digest, startedAt: at, finishedAt: at },
      outcome: { kind: 'applied', changed: true, acceptedAt: at, evidence: {} },
    },
  } as unknown as Result;
  return { ...received, message: result, principal: `executor-${frozen.executor}` } as Received;
}

/** What people have settled as applied, as long as a sequencer lives. */
const settledBy = new WeakMap<Remembered, Set<string>>();

function settledIn(all: Received[], states: Remembered): Set<string> {
  const settled = settledBy.get(states) ?? new Set();
  settledBy.set(states, settled);
  for (const received of all) {
    const said = isDecision(received) ? received.message.data : null;
    if (said?.settle?.applied) settled.add(`${said.sequenceId}/${said.settle.step}`);
  }
  return settled;
}

/** Readings of steps that a person settled show whatever is wanted. */
function shownOnceSettled(all: Received[], states: Remembered): Received[] {
  const settled = settledIn(all, states);
  return all.map((received) => {
    const { message } = received;
    if (message.type !== 'causeway.reading.taken.v1') return received;
    const { sequenceId, step: id, readings } = message.data;
    const state = states.get(sequenceId);
    const step = state?.status === 'open' ? state.acceptance.steps.find((one) => one.id === id) : undefined;
    if (!step || !settled.has(`${sequenceId}/${id}`)) return received;
    const values = { [`${OBSERVED_PREFIX}${String(step.with.resource)}`]: String(step.with.value) };
    const shown = readings.map((one) => ({ ...one, outcome: { kind: 'observed', values }, streak: 100 }));
    return { ...received, message: { ...message, data: { ...message.data, readings: shown } } } as Received;
  });
}

const saying = (received: Decided, data: Partial<DecisionMessage['data']>): Received =>
  ({ ...received, message: { ...received.message, data: { ...received.message.data, ...data } } }) as Received;

/** What people decide: whose word counts for what. */
export const OPERATOR_BUGS: readonly PlantedBug[] = [
  {
    name: 'a-settlement-counts-for-what-is-under-way',
    sentence: 'Somebody may say of a step that was just commanded that it took effect.',
    shownBy: ['settled-though-known', 'target-slow', 'call-hangs'],
    seams: onDecisions((received, state) => (state ? asResult(received, state) : received)),
  },
  {
    name: 'a-settlement-opens-the-gate',
    sentence: 'What a person settled as applied counts as shown by every member, without a look.',
    shownBy: [...LOST_ANSWERS, 'settled-wrongly', 'member-lags'],
    seams: { sequencerInput: shownOnceSettled },
  },
  {
    name: 'a-settlement-is-always-yes',
    sentence: 'Whatever a person says of a step, it counts as applied.',
    shownBy: ['call-lost'],
    seams: onDecisions((received) => {
      const { settle } = received.message.data;
      return settle ? saying(received, { settle: { ...settle, applied: true } }) : received;
    }),
  },
  {
    name: 'nobody-hears-a-settlement',
    sentence: 'What a person says of an unknown step is dropped.',
    shownBy: LOST_ANSWERS,
    seams: {
      sequencerInput: (all) => all.filter((received) => !isDecision(received) || !received.message.data.settle),
    },
  },
  {
    name: 'the-settlement-is-not-told',
    sentence: 'A settled step moves on without a record of who settled it.',
    shownBy: LOST_ANSWERS,
    patch: () =>
      patchMethod(Decider, 'write', (original: (tx: unknown, batch: never) => unknown) => {
        return function (this: never, tx, batch: { drafts: { data: { records?: EvolutionRecord[] } }[] }) {
          for (const draft of batch.drafts) {
            const { records } = draft.data;
            if (!records?.some(({ kind }) => kind === 'step-settled')) continue;
            draft.data = { ...draft.data, records: records.filter(({ kind }) => kind !== 'step-settled') };
          }
          return original.call(this, tx, batch as never);
        };
      }),
  },
  {
    name: 'a-change-of-others-holds-nothing',
    sentence: 'A plan that says "hold" goes on over the changes of others.',
    shownBy: ['foreign-change'],
    seams: {
      sequencerInput: (all) =>
        all.filter(
          ({ message }) => message.type !== 'causeway.mutation.observed.v1' || message.data.by.kind !== 'other',
        ),
    },
  },
  {
    name: 'half-an-acceptance-is-enough',
    sentence: 'A sequence goes on when some of the changes that hold it are accepted.',
    shownBy: ['accepted-in-part', 'foreign-change'],
    seams: onDecisions((received, state) =>
      state && received.message.data.verb === 'resume'
        ? saying(received, {
            accept: Object.entries(state.mutations).flatMap(([id, { holds }]) => (holds ? [id] : [])),
          })
        : received,
    ),
  },
];

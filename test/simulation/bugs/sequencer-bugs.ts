import type { Intent, PlanDocument, ReadingMessage, Result, Target } from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import type { Received, Sealed } from '@causeway/messaging';
import { Seat, type Tx } from '@causeway/persistence';
import { sha256Hex } from '@causeway/signing';
import { Decider } from '../../../apps/sequencer/src/handle/decider';
import { StateCache } from '../../../apps/sequencer/src/handle/state-cache';
import type { FaultKind } from '../faults';
import { claimWithoutSeat } from './claim-without-seat';
import { patchMethod, type PlantedBug } from './planted-bug';

const LOST_COMMITS: readonly FaultKind[] = ['commit-lost', 'statement-lost', 'deadlock', 'commit-done-answer-lost'];
const CRASHES: readonly FaultKind[] = ['crash-after-call', 'crash-before-call'];

/** Inbox, outbox, transaction, cache: how a decision becomes durable. */
export const DURABILITY_BUGS: readonly PlantedBug[] = [
  {
    name: 'the-seat-is-asked-once',
    sentence: 'A sequencer that has slept past its seat goes on deciding beside the one that has taken it.',
    shownBy: ['process-pause'],
    seams: {
      deciderPorts: (real) => ({ ...real, claimInbox: claimWithoutSeat }),
    },
    patch: () => {
      const renewal = patchMethod(Seat, 'renew', () => () => Promise.resolve());
      const freshness = patchMethod(Seat, 'isFresh', () => () => true);
      return () => [renewal, freshness].forEach((undo) => undo());
    },
  },
  {
    name: 'inbox-not-asked',
    sentence: 'An input that comes again is decided on again.',
    shownBy: ['message-published-again', 'offset-commit-lost'],
    seams: { deciderPorts: (real) => ({ ...real, claimInbox: (_tx, ids) => Promise.resolve(new Set(ids)) }) },
  },
  {
    name: 'inbox-outside-the-transaction',
    sentence: 'An input counts as decided although its transaction was rolled back.',
    shownBy: LOST_COMMITS,
    seams: {
      deciderPorts: (real, { database }) => ({
        ...real,
        claimInbox: (_tx, ids, attempt) => real.claimInbox(database, ids, attempt),
      }),
    },
  },
  {
    name: 'outbox-after-the-commit',
    sentence: 'What a decision orders is written down in a second transaction, after the facts.',
    shownBy: [...CRASHES, ...LOST_COMMITS],
    seams: {
      deciderPorts: (real, { database, outbox, relay }) => {
        let put: Sealed[] = [];
        return {
          ...real,
          insertOutbox: (_tx, sealed) => {
            put = [...put, ...sealed];
            return Promise.resolve([]);
          },
          transaction: async (work) => {
            const value = await real.transaction(work);
            const sealed = put;
            put = [];
            if (sealed.length > 0) relay.enqueue(await database.transaction((tx) => outbox.insert(tx, sealed)));
            return value;
          },
        };
      },
    },
  },
  {
    name: 'sent-before-the-commit',
    sentence: 'Messages leave while their transaction may still be rolled back.',
    shownBy: LOST_COMMITS,
    seams: {
      deciderPorts: (real) => ({
        ...real,
        insertOutbox: async (tx: Tx, sealed) => {
          const rows = await real.insertOutbox(tx, sealed);
          real.relay(rows);
          return rows;
        },
      }),
    },
  },
  {
    name: 'cache-moves-before-the-commit',
    sentence: 'The remembered state moves on although the transaction was rolled back.',
    shownBy: LOST_COMMITS,
    patch: () => {
      const forget = patchMethod(StateCache, 'forget', () => () => undefined);
      const write = patchMethod(Decider, 'write', (original: (tx: Tx, batch: unknown) => unknown) => {
        return function (this: { remember(batch: unknown): void }, tx, batch) {
          this.remember(batch);
          return original.call(this, tx, batch);
        };
      });
      return () => [forget, write].forEach((undo) => undo());
    },
  },
  {
    name: 'cache-never-forgets',
    sentence: 'After a conflict the remembered state is kept, so the conflict comes again.',
    shownBy: ['commit-done-answer-lost'],
    patch: () => patchMethod(StateCache, 'forget', () => () => undefined),
  },
];

const withData = <M extends { readonly data: object }>(message: M, data: Partial<M['data']>): M => ({
  ...message,
  data: { ...message.data, ...data },
});

function onResults(change: (message: Result, received: Received) => Partial<Received>) {
  return (received: Received): Received =>
    received.message.type === 'causeway.result.reported.v1'
      ? ({ ...received, ...change(received.message, received) } as Received)
      : received;
}

type Reading = ReadingMessage['data']['readings'][number];

function onReadings(change: (readings: readonly Reading[]) => Reading[]) {
  return (received: Received): Received =>
    received.message.type === 'causeway.reading.taken.v1'
      ? { ...received, message: withData(received.message, { readings: change(received.message.data.readings) }) }
      : received;
}

/** JSON has none. */
const withoutUndefined = <T extends object>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function onPlans(change: (step: PlanDocument['spec']['steps'][number]) => object) {
  return (received: Received): Received => {
    if (received.message.type !== 'causeway.intent.published.v1') return received;
    const plan = structuredClone(received.message.data.plan) as unknown as PlanDocument;
    const steps = plan.spec.steps.map((step) => withoutUndefined({ ...step, ...change(step) }));
    const altered = { ...plan, spec: { ...plan.spec, steps } } as unknown as Intent['data']['plan'];
    return {
      ...received,
      message: withData(received.message, { plan: altered, planDigest: sha256Hex(canonicalJson(altered)) }),
    };
  };
}

const isObserved = ({ outcome }: Reading): boolean =>
  outcome.kind === 'observed' && Object.values(outcome.values).some((value) => value !== null);

const each = (change: (received: Received) => Received) => ({ sequencerInput: (all: Received[]) => all.map(change) });

const anotherOutcome = (kind: string, outcome: object) =>
  onResults((message) =>
    message.data.outcome.kind === kind
      ? { message: withData(message, { outcome: outcome as Result['data']['outcome'] }) }
      : {},
  );

/** What is believed of whom: results, readings, plans. */
export const BELIEF_BUGS: readonly PlantedBug[] = [
  {
    name: 'result-from-anybody',
    sentence: 'Who signed a result is not compared with the executor of its target.',
    shownBy: ['forged-result'],
    seams: each(onResults((message) => ({ principal: `executor-${message.data.target}` }))),
  },
  {
    name: 'result-of-another-command',
    sentence: 'A result counts whatever command it answers.',
    shownBy: ['forged-result', 'message-published-again'],
    seams: {
      sequencerInput: (all, states) =>
        all.map(
          onResults((message) => {
            const state = states.get(message.data.sequenceId);
            const step = state?.status === 'open' ? state.steps[message.data.step] : undefined;
            if (step?.phase !== 'commanded') return {};
            const { command, attempt } = step;
            return {
              message: { ...withData(message, { commandDigest: command.digest, attempt }), causationIds: [command.id] },
            };
          }),
        ),
    },
  },
  {
    name: 'policy-not-read',
    sentence: 'What a plan says of failed attempts is left out when it is accepted.',
    shownBy: ['target-unreachable'],
    seams: each(onPlans(() => ({ onFailure: undefined }))),
  },
  {
    name: 'everything-can-be-tried-again',
    sentence: 'A refusal for good is taken for one that may pass.',
    shownBy: ['target-refuses'],
    seams: each(
      onResults((message) => {
        const { outcome } = message.data;
        return outcome.kind === 'not-applied'
          ? { message: withData(message, { outcome: { ...outcome, retriable: true } }) }
          : {};
      }),
    ),
  },
  {
    name: 'unknown-is-tried-again',
    sentence: 'A lost answer is taken for "not done", and the step is applied again.',
    shownBy: ['answer-of-call-lost', 'error-although-done', 'crash-after-call'],
    seams: each(
      anotherOutcome('unknown', {
        ...{ kind: 'not-applied', code: 'no-answer', message: 'no answer', retriable: true, evidence: {} },
      }),
    ),
  },
  {
    name: 'unknown-is-success',
    sentence: 'A lost answer is taken for "done".',
    shownBy: ['call-lost', 'look-up-fails', 'crash-after-call'],
    seams: each(
      anotherOutcome('unknown', {
        kind: 'applied',
        changed: true,
        acceptedAt: '2026-01-31T12:00:00.000Z',
        evidence: {},
      }),
    ),
  },
  {
    name: 'look-up-that-cannot-tell-is-absent',
    sentence: 'A look-up that found out nothing counts as "nothing is there".',
    shownBy: ['look-up-cannot-tell', 'look-up-fails', 'answer-of-call-lost'],
    seams: each(
      onResults((message) => {
        const { outcome } = message.data;
        if (outcome.kind !== 'looked-up' || outcome.state !== 'unknown') return {};
        return { message: withData(message, { outcome: { ...outcome, state: 'absent' } }) };
      }),
    ),
  },
  {
    name: 'one-region-is-all',
    sentence: 'Once one member shows a step, the others count as showing it.',
    shownBy: ['member-lags'],
    seams: each(
      onReadings((readings) => {
        const first = readings.find(isObserved);
        return readings.map((one) => (first ? { ...one, outcome: first.outcome, streak: first.streak } : one));
      }),
    ),
  },
  {
    name: 'unreachable-is-ready',
    sentence: 'A member that cannot be looked at is left out of the count.',
    shownBy: ['look-unreachable', 'look-hangs'],
    seams: each(
      onReadings((readings) => {
        const first = readings.find(isObserved);
        const fill = (one: Reading): Reading =>
          first && one.outcome.kind === 'unreachable' ? { ...one, outcome: first.outcome, streak: 100 } : one;
        return readings.map(fill);
      }),
    ),
  },
  {
    name: 'one-look-is-enough',
    sentence: 'How often in a row a member has to show a step is not counted.',
    shownBy: [],
    seams: each(onReadings((readings) => readings.map((one) => ({ ...one, streak: 100 })))),
  },
  {
    name: 'applied-is-effective',
    sentence: 'A gate opens when the executor says it is done, without a look at any member.',
    shownBy: ['member-lags'],
    seams: each(onPlans((step) => ({ ready: { ...step.ready, rung: 'accepted' } }))),
  },
  {
    name: 'needs-are-not-read',
    sentence: 'A step that names what it needs is treated as one that needs nothing.',
    shownBy: [],
    seams: each(onPlans(() => ({ needs: [] }))),
  },
  {
    name: 'a-member-is-not-counted',
    sentence: 'The last member of each scope is missing in the frozen denominator.',
    shownBy: [],
    seams: { registry: (real) => new Map([...real].map(([name, target]) => [name, withoutLastMembers(target)])) },
  },
];

const withoutLastMembers = (target: Target): Target => ({
  ...target,
  spec: {
    ...target.spec,
    scopes: Object.fromEntries(
      Object.entries(target.spec.scopes).map(([scope, members]) => [
        scope,
        members.length > 1 ? members.slice(0, -1) : members,
      ]),
    ),
  },
});

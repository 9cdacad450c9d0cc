import { NotApplied, type Executor } from '@causeway/executor-sdk';
import type { Database, Tx } from '@causeway/persistence';
import type { FaultKind } from '../faults';
import { changed, type PlantedBug } from './planted-bug';

const LOST_ANSWERS: readonly FaultKind[] = ['answer-of-call-lost', 'error-although-done', 'call-lost'];
const CRASHES: readonly FaultKind[] = ['crash-after-call', 'crash-before-call', 'process-pause'];

/** The verb instance of a claim is its seventh parameter: with another each time, no two deliveries are the same claim. */
const INSTANCE = 6;

function everyDeliveryIsNew(real: Database): Database {
  let count = 0;
  const instance = (): string => `00000000-0000-7000-8000-${String(++count).padStart(12, '0')}`;
  return changed(real, {
    query: ((sql: string, params: readonly unknown[] = [], name?: string) =>
      real.query(
        sql,
        name === 'claims-take'
          ? params.map((one, i) => (i === INSTANCE ? (one as string[]).map(instance) : one))
          : params,
        name,
      )) as Database['query'],
  });
}

const finishedAlone = (real: Database): Database =>
  changed(real, {
    transaction: ((work: (tx: Tx) => Promise<unknown>, options?: object) =>
      real.transaction((tx) => {
        const query = (sql: string, params?: readonly unknown[], name?: string) =>
          name === 'claims-finish' ? real.query(sql, params, name) : tx.query(sql, params, name);
        return work({ query: query as Tx['query'] });
      }, options)) as Database['transaction'],
  });

const acting =
  (change: (real: Executor) => Partial<Executor>): ((real: Executor) => Executor) =>
  (real) =>
    changed(real, change(real));

/** Claims, leases, the way of one command: what happens to a target. */
export const EXECUTOR_BUGS: readonly PlantedBug[] = [
  {
    name: 'a-command-is-claimed-at-each-delivery',
    sentence: 'The same attempt is taken again when its command is delivered again.',
    shownBy: ['message-published-again', 'send-done-answer-lost', 'offset-commit-lost'],
    seams: { executorDatabase: everyDeliveryIsNew },
  },
  {
    name: 'an-interruption-is-forgotten',
    sentence: 'A claim taken over from a dead process is run as if nobody had begun with it.',
    shownBy: [...CRASHES, 'target-slow'],
    seams: {
      claims: (real) =>
        changed(real, {
          takeOver: async (holder, limit) =>
            (await real.takeOver(holder, limit)).map((claim) => ({ ...claim, interrupted: false })),
        }),
    },
  },
  {
    name: 'a-lost-claim-is-answered',
    sentence: 'Who lost a claim to another process writes its result all the same.',
    shownBy: ['process-pause', 'target-slow', 'call-hangs'],
    seams: {
      claims: (real) =>
        changed(real, {
          finish: async (tx, claims) => {
            await real.finish(tx, claims);
            return new Set(claims.map(({ place }) => place));
          },
        }),
    },
  },
  {
    name: 'a-claim-ends-without-its-result',
    sentence: 'The end of a claim and its result are two transactions.',
    shownBy: ['commit-lost', 'statement-lost', 'crash-after-call', 'deadlock'],
    seams: { executorDatabase: finishedAlone },
  },
  {
    name: 'nothing-is-taken-over',
    sentence: 'Claims of a dead process stay with it.',
    shownBy: CRASHES,
    seams: { claims: (real) => changed(real, { takeOver: () => Promise.resolve([]) }) },
  },
  {
    name: 'a-lost-answer-is-called-for-again',
    sentence: 'When no answer comes, the write is sent a second time without a look.',
    shownBy: LOST_ANSWERS,
    seams: {
      executor: acting((real) => ({
        apply: (request) =>
          real.apply(request).catch((error: unknown) => {
            if (error instanceof NotApplied) throw error;
            return real.apply(request);
          }),
      })),
    },
  },
  {
    name: 'a-lost-answer-is-success',
    sentence: 'When no answer comes, the executor reports that it is done.',
    shownBy: LOST_ANSWERS,
    seams: {
      executor: acting((real) => ({
        apply: (request) =>
          real.apply(request).catch((error: unknown) => {
            if (error instanceof NotApplied) throw error;
            return { changed: true, evidence: {} };
          }),
      })),
    },
  },
  {
    name: 'a-look-up-always-finds-it',
    sentence: 'The look before a write takes whatever is there for what is wanted.',
    shownBy: [],
    seams: {
      executor: acting((real) => ({
        lookUp: async (request) => ({ ...(await real.lookUp(request)), state: 'in-effect' }),
      })),
    },
  },
  {
    name: 'nobody-looks-before-a-write',
    sentence: 'The look before a write answers "absent" without looking.',
    shownBy: [...LOST_ANSWERS, ...CRASHES],
    seams: {
      executor: acting(() => ({
        lookUp: () => Promise.resolve({ state: 'absent', byThisAttempt: null, evidence: {} }),
      })),
    },
  },
  {
    name: 'a-doubt-is-reported-as-not-applied',
    sentence: 'The executor reports "not applied, try again" where it does not know.',
    shownBy: [...LOST_ANSWERS, ...CRASHES],
    seams: {
      answered: (real) =>
        real.outcome.kind === 'unknown'
          ? {
              ...real,
              outcome: { kind: 'not-applied', code: 'no-answer', message: 'no answer', retriable: true, evidence: {} },
            }
          : real,
    },
  },
  {
    name: 'what-cannot-be-read-is-written-again',
    sentence: 'A change that can neither be read back nor repeated is treated as one that can.',
    shownBy: CRASHES,
    seams: {
      executor: acting((real) => ({
        changes: Object.fromEntries(
          Object.entries(real.changes).map(([name, one]) => [
            name,
            one.capability === 'D' ? { ...one, capability: 'C' as const } : one,
          ]),
        ),
        lookUp: async (request) => {
          const seen = await real.lookUp(request);
          return request.change === 'set-d@v1' ? { ...seen, state: 'absent' } : seen;
        },
      })),
    },
  },
];

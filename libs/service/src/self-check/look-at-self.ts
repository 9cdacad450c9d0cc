import { allTopics } from '@causeway/contracts';
import { parseEnv } from '@causeway/host';
import { kafkaOptionsFrom, openBrokerReader, type BrokerReader } from '@causeway/messaging';
import { clockState, openReader, outboxState, schemaState, seatState, type Reader } from '@causeway/persistence';
import {
  CHECK_DEADLINE_MS,
  checksOn,
  judgeClock,
  judgeFuture,
  judgeGroup,
  judgeOutbox,
  judgeSchema,
  judgeSeat,
  judgeTopics,
  runSelfCheck,
  type Check,
  type Ground,
  type Report,
} from '@causeway/self-check';
import { z } from 'zod';
import { messageServiceEnv } from '../service-env';
import type { ReaderAndBroker, SelfCheckPlan } from './plan';

const selfCheckEnv = messageServiceEnv.pick({ KAFKA_BROKERS: true, CAUSEWAY_EXECUTORS: true }).extend({
  DATABASE_URL: z.string().min(1),
});
type Env = z.output<typeof selfCheckEnv>;

/** Wall clocks may differ by so much without harm, milliseconds. */
const FUTURE_MS = 60_000;

export interface SelfCheckClock {
  /** Unix milliseconds: the clock whose skew is looked at. */
  now(): number;
  monotonic(): number;
}

/** Looks with connections of its own, so that a service whose pool is exhausted or whose client hangs still tells. Never rejects. */
export async function lookAtSelf(plan: SelfCheckPlan, { now, monotonic }: SelfCheckClock): Promise<Report> {
  const env = parseEnv(selfCheckEnv);
  const grounds = [
    checksOn({ ...postgres(plan, env), checks: [...tableChecks(plan, now), ...bothChecks(plan)] }),
    checksOn({ ...kafka(plan), checks: brokerChecks(plan, env, now) }),
  ];
  return runSelfCheck({ service: plan.service, grounds, now, monotonic });
}

type Bare<T> = Omit<Ground<T>, 'checks'>;

const postgres = ({ schema }: SelfCheckPlan, { DATABASE_URL: url }: Env): Bare<Reader> => ({
  name: 'postgres',
  where: addressOf(url),
  remedy:
    'is it running, reachable, and not out of connections (max_connections)? services go on by themselves once it is back',
  open: () => openReader({ url, schema }),
  close: (reader) => reader.close(),
});

const kafka = ({ service }: SelfCheckPlan): Bare<BrokerReader> => {
  const options = kafkaOptionsFrom(process.env);
  return {
    name: 'kafka',
    where: options.brokers.join(','),
    remedy:
      'is it running and reachable? services go on by themselves once it is back; what is decided waits in outboxes',
    open: () => openBrokerReader({ ...options, clientId: `${service}-self-check` }),
    close: (broker) => broker.close(),
  };
};

function tableChecks(plan: SelfCheckPlan, now: () => number): Check<Reader>[] {
  const { service, schema, migrations } = plan;
  const migrate = plan.migrate ?? `start ${service} of this release: it brings its schema up to date`;
  const outbox: Check<Reader> = {
    name: 'outbox',
    look: async (reader) => [judgeOutbox(service, schema, await outboxState(reader))],
  };
  const seat: Check<Reader> = { name: 'seat', look: async (reader) => [judgeSeat(service, await seatState(reader))] };
  return [
    { name: 'schema', look: async (reader) => [judgeSchema(await schemaState(reader, schema, migrations), migrate)] },
    { name: 'clock', look: async (reader) => [judgeClock(service, await clockState(reader, now))] },
    ...(plan.hasOutbox ? [outbox] : []),
    ...(plan.hasSeat ? [seat] : []),
    ...(plan.tables ?? []),
  ];
}

function brokerChecks(plan: SelfCheckPlan, env: Env, now: () => number): Check<BrokerReader>[] {
  const topics = allTopics([...new Set([...env.CAUSEWAY_EXECUTORS, ...(plan.executors ?? [])])]);
  const governed = topics.map(({ name }) => name).filter((name) => !name.endsWith('.dlq'));
  return [
    { name: 'topics', look: async (broker) => judgeTopics(await broker.topics(topics)) },
    {
      name: 'times of messages',
      look: async (broker) => judgeFuture(await broker.withMessagesAfter(governed, now() + FUTURE_MS), FUTURE_MS),
    },
    ...(plan.groupOf ? [] : [lagOf(plan.service)]),
  ];
}

const lagOf = (service: string): Check<BrokerReader> => ({
  name: 'lag',
  look: async (broker) => [judgeGroup(service, await broker.group(service))],
});

/** On the tables, with a broker below: whichever of the two is away is named, in the same words as for the other checks. */
function bothChecks(plan: SelfCheckPlan): Check<Reader>[] {
  const { service, groupOf, both = [] } = plan;
  const lag: Check<ReaderAndBroker> = {
    name: 'lag',
    look: async ({ reader, broker }) => [judgeGroup(service, await broker.group((await groupOf?.(reader)) ?? service))],
  };
  return [...(groupOf ? [lag] : []), ...both].map(({ name, look }) => ({
    name,
    look: (reader, nowMs) => {
      const onBroker: Check<BrokerReader> = { name, look: (broker) => look({ reader, broker }, nowMs) };
      return checksOn({ ...kafka(plan), checks: [onBroker] })({ service, nowMs, deadlineMs: CHECK_DEADLINE_MS });
    },
  }));
}

/** Host, port and database: no account. */
function addressOf(databaseUrl: string): string {
  if (!URL.canParse(databaseUrl)) return 'DATABASE_URL';
  const { host, pathname } = new URL(databaseUrl);
  return `${host}${pathname}`;
}

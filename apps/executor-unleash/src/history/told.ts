/**
 * Events of flags as mutations of them. Pure.
 *
 * - A switch of the environment is of the flag there: `flags/<flag>@<environment>`.
 * - A strategy is a resource of its own below it. It switches regions on and off by letting their users in; whether the environment is
 *   on as well is the switch's matter.
 * - What else changes how a flag is evaluated is told as no change that a plan declares.
 */
import { isDeepStrictEqual } from 'node:util';
import type { MutationData } from '@causeway/contracts';
import type { Json, SeenMutation } from '@causeway/executor-sdk';
import { NAME_PATTERN } from '@causeway/contracts';
import { admittedBy, type Admitted } from '../regions';
import { strategyIn, type HistoryEvent } from './event';

export interface Watched {
  readonly project: string;
  readonly environment: string;
  readonly regionField: string;
  /** The one member that each region has in the Target file. */
  readonly member: string;
  /** The executor's own user. */
  readonly ownUserId: number;
}

export const toldBy = (events: readonly HistoryEvent[], watched: Watched): SeenMutation[] =>
  events.flatMap((event) => (isOurProject(event, watched) ? mutationsOf(event, events, watched) : []));

/** A flag that moved away has its event in the other project. */
function isOurProject({ featureName, project, data }: HistoryEvent, { project: ours }: Watched): boolean {
  const left = typeof data === 'object' && data !== null && (data as { oldProject?: unknown }).oldProject === ours;
  return Boolean(featureName) && (project === ours || left);
}

const OF_WHOLE_FLAG = new Set([
  'feature-archived',
  'feature-revived',
  'feature-deleted',
  'feature-import',
  'feature-project-change',
  'feature-variants-updated',
  'feature-dependency-added',
  'feature-dependency-removed',
  'feature-dependencies-removed',
]);
const STRATEGIES = new Set(['feature-strategy-add', 'feature-strategy-update', 'feature-strategy-remove']);

function mutationsOf(event: HistoryEvent, events: readonly HistoryEvent[], watched: Watched): SeenMutation[] {
  if (OF_WHOLE_FLAG.has(event.type)) return [other(event, watched, `flags/${event.featureName}`)];
  if (event.environment !== watched.environment) return [];
  const resource = resourceOf(event, watched);
  switch (event.type) {
    case 'feature-environment-enabled':
      return [switched(event, watched, { enabled: true, strategy: strategyAddedWith(event, events, watched) })];
    case 'feature-environment-disabled':
      return [switched(event, watched, { enabled: false, strategy: null })];
    case 'feature-environment-variants-updated':
    case 'strategy-order-changed':
      return [other(event, watched, resource)];
  }
  if (!STRATEGIES.has(event.type)) return [];
  return isPartOfSwitch(event, events, watched) ? [] : ofStrategy(event, watched);
}

const resourceOf = ({ featureName }: HistoryEvent, { environment }: Watched): string =>
  `flags/${featureName}@${environment}`;

function switched(
  event: HistoryEvent,
  watched: Watched,
  { enabled, strategy }: { enabled: boolean; strategy: HistoryEvent | null },
): SeenMutation {
  const by = common(event, watched);
  const detail = strategy ? { ...by.source.detail, addedStrategy: strategy.id } : by.source.detail;
  return {
    ...by,
    resource: resourceOf(event, watched),
    change: 'toggle@v1',
    with: { flag: event.featureName as string, enabled },
    scopes: null,
    // Switching to what is there already leaves no event.
    before: { kind: 'known', value: { enabled: !enabled } },
    after: { kind: 'known', value: { enabled } },
    source: { ...by.source, detail },
  };
}

/** Switching on a flag without strategies adds one for everybody, in the same request: that is one change. */
function strategyAddedWith(
  event: HistoryEvent,
  events: readonly HistoryEvent[],
  watched: Watched,
): HistoryEvent | null {
  const together = events.filter((one) => one.groupId && one.groupId === event.groupId && isSameFlag(one, event));
  const [strategy] = together.filter(({ type }) => STRATEGIES.has(type));
  if (together.length !== 2 || strategy?.type !== 'feature-strategy-add') return null;
  return admitted(strategy.data, watched).kind === 'all' ? strategy : null;
}

function isPartOfSwitch(event: HistoryEvent, events: readonly HistoryEvent[], watched: Watched): boolean {
  const switches = events.filter((one) => one.type === 'feature-environment-enabled' && isSameFlag(one, event));
  return switches.some((one) => strategyAddedWith(one, events, watched) === event);
}

const isSameFlag = (one: HistoryEvent, other: HistoryEvent): boolean =>
  one.featureName === other.featureName && one.environment === other.environment;

function ofStrategy(event: HistoryEvent, watched: Watched): SeenMutation[] {
  const [before, after] = [strategyIn(event.preData), strategyIn(event.data)];
  const resource = `${resourceOf(event, watched)}/strategies/${(after ?? before)?.id ?? 'unknown'}`;
  const turns = turnsOf(admitted(event.preData, watched), admitted(event.data, watched), watched);
  if (turns.length === 0) return [other(event, watched, resource)];
  const ours = event.createdByUserId === watched.ownUserId;
  // Our executor drops regions while it switches others on only where the environment is off: nobody loses anything then.
  const told = ours && turns.length > 1 ? turns.filter(({ enabled }) => enabled) : turns;
  return told.map(({ enabled, scopes }) => {
    const by = common(event, watched, after?.title);
    const id = turns.length > 1 ? `${by.source.id}/${enabled ? 'on' : 'off'}` : by.source.id;
    return {
      ...{ ...by, resource, change: 'toggle@v1', scopes },
      with: { flag: event.featureName as string, enabled },
      ...values(event),
      source: { ...by.source, id },
    };
  });
}

/** A strategy in a form that we do not know lets in nobody knows whom. */
function admitted(data: unknown, watched: Watched): Admitted {
  const strategy = strategyIn(data);
  return strategy || (data ?? null) === null ? admittedBy(strategy, watched) : { kind: 'some' };
}

interface Turn {
  readonly enabled: boolean;
  readonly scopes: MutationData['scopes'];
}

/** For whom a strategy's change switches on and off; none: not by whole regions, or for nobody. */
function turnsOf(before: Admitted, after: Admitted, { member }: Watched): Turn[] {
  if (before.kind === 'nobody' && after.kind === 'all') return [{ enabled: true, scopes: null }];
  if (before.kind === 'all' && after.kind === 'nobody') return [{ enabled: false, scopes: null }];
  const [had, has] = [regionsIn(before), regionsIn(after)];
  if (!had || !has) return [];
  const turn = (enabled: boolean, regions: string[]): Turn[] =>
    regions.length === 0 ? [] : [{ enabled, scopes: regions.map((scope) => ({ scope, members: [member] })) }];
  return [
    ...turn(
      true,
      has.filter((region) => !had.includes(region)),
    ),
    ...turn(
      false,
      had.filter((region) => !has.includes(region)),
    ),
  ];
}

/** Values that are no names of scopes are no scopes of a target. */
const regionsIn = (admitted: Admitted): string[] | null =>
  admitted.kind === 'nobody'
    ? []
    : admitted.kind === 'regions'
      ? admitted.regions.filter((one) => NAME_PATTERN.test(one))
      : null;

const other = (event: HistoryEvent, watched: Watched, resource: string): SeenMutation => ({
  ...{ ...common(event, watched), resource, change: null, scopes: null },
  with: {},
  ...values(event),
});

function values({ data, preData }: HistoryEvent): Pick<SeenMutation, 'before' | 'after'> {
  const told = (value: unknown): SeenMutation['before'] => ({ kind: 'known', value: (value ?? null) as Json });
  if (isDeepStrictEqual([data ?? null, preData ?? null], [null, null]))
    return { before: { kind: 'unknown' }, after: { kind: 'unknown' } };
  return { before: told(preData), after: told(data) };
}

type Common = Pick<SeenMutation, 'actor' | 'channel' | 'by' | 'source' | 'happened' | 'effect'>;

/** Built-in administrators: API tokens without a user, whose name stands in for one. */
const API_TOKEN = -42;
const TITLE = /^causeway (\S{1,300})$/;

/** @param title of the strategy as it was written; our executor puts the attempt there */
function common(event: HistoryEvent, { ownUserId }: Watched, title?: string | null): Common {
  const { id, type, createdBy, createdByUserId, createdAt } = event;
  const name = createdBy ?? null;
  const ours = createdByUserId === ownUserId;
  const user = (createdByUserId ?? 0) > 0;
  return {
    actor: { kind: ours || (createdByUserId ?? 0) < 0 ? 'service' : user ? 'user' : 'unknown', name },
    channel: { client: null, token: createdByUserId === API_TOKEN ? name : null, address: null },
    by: ours ? { kind: 'executor', attemptId: TITLE.exec(title ?? '')?.[1] ?? null } : { kind: 'other' },
    source: { id: String(id), detail: { type, ...(event.groupId ? { request: event.groupId } : {}) } },
    happened: { kind: 'at', at: new Date(createdAt).toISOString() },
    effect: 'set',
  };
}

/** A governed act as its ledger tells it, through the same questions that anybody can ask. */
import { RECORD_TYPE, type RecordData } from '@causeway/contracts';
import type {
  EntryItem,
  Explanation,
  ExposureAnswer,
  MutationItem,
  Page,
  PathAnswer,
  PathDiffAnswer,
  SequenceView,
} from '@causeway/console-api';
import type { World } from '../../governed/world';
import { REGIONS, type Region } from '../../systems/regions';
import { isDenied, type UserRequest } from '../../witness/users';
import { askJson } from '../ask';
import {
  SYSTEMS,
  type Act,
  type Exposure,
  type Lane,
  type Mark,
  type Moment,
  type Span,
  type System,
} from '../report/data';
import { isWithin } from '../within';
import type { ActFacts, Divergence } from './act';
import { holdsIn } from './holds';

export interface Told {
  readonly view: SequenceView;
  readonly explanation: Explanation;
  readonly paths: Readonly<Record<Region, PathAnswer>>;
  readonly pathDiff: PathDiffAnswer;
  readonly exposure: ExposureAnswer;
  readonly mutations: readonly MutationItem[];
  /** Every reason that a gate was ever held for. */
  readonly holds: ActFacts['holds'];
}

/** @param since RFC 3339: mutations that happened from then on, as the systems claim */
export async function tellOf(world: World, run: string, since: string): Promise<Told> {
  const paths = await Promise.all(
    REGIONS.map(async (region) => [region, await askJson<PathAnswer>(world, 'path', region, '--run', run)] as const),
  );
  const seen = await mutationsSince(world, since);
  const view = await askJson<SequenceView>(world, 'status', run);
  return {
    view,
    explanation: await askJson<Explanation>(world, 'explain', run),
    paths: Object.fromEntries(paths) as Told['paths'],
    pathDiff: await askJson<PathDiffAnswer>(world, 'path', 'diff', ...REGIONS, '--run', run),
    exposure: await askJson<ExposureAnswer>(world, 'exposure', run),
    mutations: seen.filter((one) => timeOf(one) >= since).reverse(),
    holds: await holdsOfSequence(world, view.id),
  };
}

async function holdsOfSequence(world: World, id: string): Promise<ActFacts['holds']> {
  const { items } = await askJson<Pick<Page<EntryItem>, 'items'>>(world, 'history', id, '--limit', '1000');
  const records = items.filter(({ type }) => type === RECORD_TYPE);
  return holdsIn(records.flatMap(({ message }) => (message as unknown as { readonly data: RecordData }).data.records));
}

/** Newest first. */
export const mutationsSince = async (world: World, since: string): Promise<readonly MutationItem[]> =>
  (await askJson<Page<MutationItem>>(world, 'mutations', '--since', since, '--limit', '500')).items;

/** What each of the plan's changes comes to. */
const EFFECT_WORDS: Readonly<Record<System, string>> = {
  idp: 'auditors have the role',
  shop: 'version 1.1.0',
  edge: 'new policy',
  flags: 'on',
};

const ms = (at: string): number => Date.parse(at);
const momentOf = (at: { readonly notBefore: string | null; readonly seenAt: string }): Moment => ({
  notBefore: at.notBefore === null ? null : ms(at.notBefore),
  seenAt: ms(at.seenAt),
});
const isSystem = (target: string): target is System => (SYSTEMS as readonly string[]).includes(target);

export function lanesOf({ paths }: Told): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const region of REGIONS)
    for (const { target, stepScope, partly, effective } of paths[region].steps) {
      if (!isSystem(target)) continue;
      const place = stepScope === 'global' ? null : region;
      lanes.set(`${target}@${place}`, {
        system: target,
        region: place,
        spans: spansOf(partly, effective, EFFECT_WORDS[target]),
      });
    }
  return [...lanes.values()];
}

type Bounds = PathAnswer['steps'][number]['effective'];

function spansOf(partly: Bounds, effective: Bounds, text: string): Span[] {
  const whole: Span = { state: 'fully', from: momentOf(effective), to: null, text };
  if (partly.seenAt === effective.seenAt) return [whole];
  return [{ state: 'partly', from: momentOf(partly), to: whole.from, text }, whole];
}

/** The edges that the plan itself names; what follows from them through other steps is in the ledger's answer too. */
export function exposuresOf({ exposure, view }: Told, requests: readonly UserRequest[]): Exposure[] {
  return exposure.windows
    .filter(({ direct }) => direct)
    .map(({ scope, earlier, later, from, to, certaintyMs }) => {
      const times = { from: momentOf(from), to: to && momentOf(to) };
      return {
        region: scope,
        earlier: { step: earlier, system: systemOf(view, earlier) },
        later: { step: later, system: systemOf(view, later) },
        ...times,
        certaintyMs,
        denied: deniedIn(requests, scope).filter((one) => isWithin(one, times)).length,
      };
    });
}

const systemOf = ({ steps }: SequenceView, id: string): System => {
  const target = steps.find((step) => step.id === id)?.target ?? '';
  return isSystem(target) ? target : 'flags';
};

export const deniedIn = (requests: readonly UserRequest[], region: string): UserRequest[] =>
  requests.filter((one) => one.region === region && isDenied(one));

/** 403s of a region that lie in none of the ledger's windows of that region. */
export const deniedOutside = ({ exposure }: Told, requests: readonly UserRequest[], region: string): number =>
  deniedIn(requests, region).filter(
    (one) =>
      !exposure.windows.some(
        ({ scope, from, to }) => scope === region && isWithin(one, { from: momentOf(from), to: to && momentOf(to) }),
      ),
  ).length;

export const marksOf = ({ mutations }: Told): Mark[] =>
  mutations.flatMap((one): Mark[] => {
    const { target, class: found, by } = one;
    if (!isSystem(target) || found === null) return [];
    const scope = one.scopes?.[0]?.scope ?? null;
    const region = scope !== null && one.scopes?.length === 1 && REGIONS.some((name) => name === scope) ? scope : null;
    const mark = { system: target, region, what: whatOf(one), class: found };
    return [{ ...mark, at: ms(timeOf(one)), actor: by.kind === 'executor' ? 'Causeway' : whoOf(one) }];
  });

const timeOf = ({ happened }: MutationItem): string => (happened.kind === 'at' ? happened.at : happened.to);

/** A service account of a client is known by the client's name, and so is whoever has no name but told what he came with. */
const whoOf = ({ actor, channel }: MutationItem): string =>
  (actor.name?.replace(/^service-account-/, '') ?? channel.client ?? 'somebody unnamed').replace(/@example\.com$/, '');

/** The change by what it makes of its resource; what tells nothing of that is told by its resource. */
function whatOf({ target, with: told, effect, resource }: MutationItem): string {
  const { role, version, policy, flag, enabled } = told as Readonly<Record<string, unknown>>;
  const words: Readonly<Record<System, string | null>> = {
    idp: role === undefined ? null : `role ${String(role)}`,
    shop: version === undefined ? null : `version ${String(version)}`,
    edge: policy === undefined ? 'the gateway policy' : `policy ${String(policy)}`,
    flags: flag === undefined ? null : `flag ${enabled === false ? 'off' : 'on'}`,
  };
  return `${effect === 'set' ? '' : 'no more '}${(isSystem(target) && words[target]) || resource}`;
}

export const holdsOf = ({ explanation }: Told): Act['holds'] =>
  explanation.gates.flatMap(({ gate, heldSince, heldFor, openedAt }) =>
    // The gate at the end holds nothing back: the last change is only being looked for.
    heldSince === null || gate === null
      ? []
      : [
          {
            step: gate,
            text: heldFor ?? '',
            since: ms(heldSince),
            until: openedAt === null ? null : ms(openedAt),
          },
        ],
  );

/** What the outcome file says of a governed act. */
export function factsOf(name: string, told: Told, requests: readonly UserRequest[]): ActFacts {
  const { view, exposure, mutations, holds } = told;
  return {
    ...{ name, sequenceId: view.id, outcome: view.status, holds },
    mutations: mutations.map((one) => ({
      ...{ target: one.target, step: one.match?.step ?? null, class: one.class, actor: one.actor.name },
      channel:
        Object.entries(one.channel)
          .flatMap(([what, value]) => (value === null ? [] : `${what} ${value}`))
          .join(', ') || null,
      ...{ at: timeOf(one), ledgerIndex: Number(one.index) },
    })),
    exposureWindows: exposure.windows.map(({ scope, earlier, later, from, to, certaintyMs }) => {
      const times = { from: momentOf(from), to: to && momentOf(to) };
      return {
        ...{ scope, earlier, later, certaintyMs, from: from.notBefore ?? from.seenAt, to: to?.seenAt ?? null },
        deniedInside: deniedIn(requests, scope).filter((one) => isWithin(one, times)).length,
        deniedOutside: deniedOutside(told, requests, scope),
      };
    }),
    divergences: divergencesOf(told),
  };
}

function divergencesOf({ paths, pathDiff }: Told): Divergence[] {
  const fromPlan = REGIONS.flatMap((region) =>
    paths[region].divergences.map(({ scope, earlier, later, words }): Divergence => {
      return { kind: 'plan', ...{ scope, earlier, later, words } };
    }),
  );
  const { left, right, firstDifference: place, summary: words } = pathDiff;
  if (place === null) return fromPlan;
  return [...fromPlan, { kind: 'scopes', left: left.scope, right: right.scope, place, words }];
}

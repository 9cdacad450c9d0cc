/** What Unleash says now, to administrators and to applications, and its events. Shares no code with any executor. */
import { callJson } from '../http/call';
import type { UnleashLab } from '../systems/unleash/start';

/** The flag in production, as administrators see it. */
export interface FlagSetting {
  readonly enabled: boolean;
  /** Regions of the strategies that are by region. */
  readonly regions: readonly string[];
}

/** One event of Unleash about the flag. */
export interface FlagEvent {
  readonly id: number;
  readonly type: string;
  readonly atMs: number;
  /** E-mail of whose token it was, or "admin". */
  readonly by: string;
  readonly environment: string | null;
}

interface Strategy {
  readonly constraints?: readonly { contextName: string; operator: string; values?: readonly string[] }[];
}

export async function readFlagSetting({
  url,
  adminToken,
  project,
  flag,
  environment,
}: UnleashLab): Promise<FlagSetting> {
  const feature = await callJson<{ environments: { name: string; enabled: boolean; strategies: Strategy[] }[] }>({
    url: `${url}/api/admin/projects/${project}/features/${flag}`,
    headers: { authorization: adminToken },
  });
  const found = feature.environments.find(({ name }) => name === environment);
  return { enabled: found?.enabled ?? false, regions: (found?.strategies ?? []).flatMap(regionsOf).sort() };
}

/** Whether an application serving that region would find the flag on: what the client API delivers, evaluated for the region. */
export async function readFlagAsClient({ url, clientToken, flag }: UnleashLab, region: string): Promise<boolean> {
  const delivered = await callJson<{ features: { name: string; enabled: boolean; strategies?: Strategy[] }[] }>({
    url: `${url}/api/client/features`,
    headers: { authorization: clientToken },
  });
  const feature = delivered.features.find(({ name }) => name === flag);
  if (!feature?.enabled) return false;
  const strategies = feature.strategies ?? [];
  return strategies.length === 0 || strategies.some((strategy) => admits(strategy, region));
}

/** Oldest first, set-up included. */
export async function flagHistory({ url, adminToken, flag }: UnleashLab): Promise<FlagEvent[]> {
  const found = await callJson<{
    events: { id: number; type: string; createdAt: string; createdBy: string; environment?: string | null }[];
  }>({
    url: `${url}/api/admin/search/events?feature=IS:${flag}&offset=0&limit=1000`,
    headers: { authorization: adminToken },
  });
  return found.events
    .map(({ id, type, createdAt, createdBy, environment }) => ({
      id,
      type,
      atMs: Date.parse(createdAt),
      by: createdBy,
      environment: environment ?? null,
    }))
    .sort((a, b) => a.id - b.id);
}

const regionConstraints = ({ constraints = [] }: Strategy) =>
  constraints.filter(({ contextName, operator }) => contextName === 'region' && operator === 'IN');

const regionsOf = (strategy: Strategy): string[] => regionConstraints(strategy).flatMap(({ values }) => values ?? []);

const admits = (strategy: Strategy, region: string): boolean =>
  regionConstraints(strategy).every(({ values = [] }) => values.includes(region));

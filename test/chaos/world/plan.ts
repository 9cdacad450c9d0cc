import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanDocument, TargetDocument } from '@causeway/contracts';
import type { CapabilityClass } from '@causeway/executor-sdk';
import { stringify } from 'yaml';

/** The executor of the chaos world; its principal is `executor-world`. */
export const EXECUTOR = 'world';

/** One target a capability class, so that every sequence goes through all four. */
export const TARGETS = { alpha: 'A', beta: 'B', gamma: 'C', delta: 'D' } as const satisfies Record<
  string,
  CapabilityClass
>;
export type TargetName = keyof typeof TARGETS;
export const targetNames = Object.keys(TARGETS) as TargetName[];

/** A change takes effect in the second later than in the first. */
export const REGIONS = ['east', 'west'] as const;
export type RegionName = (typeof REGIONS)[number];

export const changeOf = (target: TargetName): string => `put-${TARGETS[target].toLowerCase()}@v1`;

/** Where a user of a region sees what is in effect: one JSON field a resource. */
export const lookPath = (region: RegionName, target: TargetName): string => `/look/${region}/${target}`;

const perRegion = <T>(make: (region: RegionName) => T): Record<string, T> =>
  Object.fromEntries(REGIONS.map((region) => [region, make(region)]));

const documentOf = (name: TargetName, worldUrl: string): TargetDocument => ({
  apiVersion: 'causeway/v1',
  kind: 'Target',
  metadata: { name, owner: 'team-chaos' },
  spec: {
    executor: EXECUTOR,
    propagation: 'staged',
    rung: 'effective',
    history: 'snapshot-only',
    scopes: perRegion((region) => [`${name}-${region}`]),
    changes: {
      [changeOf(name)]: {
        with: { resource: { type: 'string' }, value: { type: 'string' } },
        identifiedBy: ['resource'],
        capability: TARGETS[name],
        show: {
          effective: {
            probe: 'user',
            expect: [{ observed: { prefix: 'body.', with: 'resource' }, is: 'equals', wanted: { with: 'value' } }],
          },
        },
      },
    },
    probes: {
      user: {
        kind: 'http',
        every: '500ms',
        at: perRegion((region) => ({ [`${name}-${region}`]: { url: worldUrl + lookPath(region, name) } })),
      },
    },
  },
});

export function writeTargets(dir: string, worldUrl: string): void {
  mkdirSync(dir, { recursive: true });
  for (const name of targetNames) writeFileSync(join(dir, `${name}.yaml`), stringify(documentOf(name, worldUrl)));
}

/** Four steps, one a class, in the order given: each after the one before it was seen in effect in both regions. */
export const planOf = (key: string, order: readonly TargetName[]): PlanDocument => ({
  apiVersion: 'causeway/v1',
  kind: 'EvolutionPlan',
  metadata: { name: key, owner: 'team-chaos', reason: `chaos: ${key}` },
  spec: {
    scopes: [...REGIONS],
    steps: order.map((target) => ({
      id: target,
      target,
      change: changeOf(target),
      with: { resource: key, value: key },
    })),
  },
});

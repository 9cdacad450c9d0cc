import type { PlanDocument, Target, TargetDocument } from '@causeway/contracts';
import { target as targetSchema } from '@causeway/contracts';

export type StepDocument = PlanDocument['spec']['steps'][number];

/** A step of the application, to be varied. */
export const appStep = (id: string, more: Partial<StepDocument> = {}): StepDocument => ({
  id,
  target: 'shop',
  change: 'deploy@v1',
  with: { version: '1.1.0' },
  ...more,
});

export const planOf = (
  steps: readonly StepDocument[],
  scopes: readonly string[] = ['us-east', 'eu-west'],
): PlanDocument => ({
  apiVersion: 'causeway/v1',
  kind: 'EvolutionPlan',
  metadata: { name: 'sample', owner: 'team-shop', reason: 'CHG-4711' },
  spec: { scopes: [...scopes], steps: [...steps] },
});

const targetOf = (name: string, spec: Partial<TargetDocument['spec']>): Target =>
  targetSchema.parse({
    apiVersion: 'causeway/v1',
    kind: 'Target',
    metadata: { name, owner: `team-${name}` },
    spec: {
      executor: name,
      propagation: 'staged',
      rung: 'effective',
      history: 'timestamped-log',
      scopes: { 'us-east': [`${name}-us`], 'eu-west': [`${name}-eu-1`, `${name}-eu-2`] },
      changes: {},
      probes: { look: { kind: 'instant', freshness: '4s' } },
      ...spec,
    },
  });

/** An application by region, an identity provider that is the same everywhere, and flags named by a parameter. */
export const targets: ReadonlyMap<string, Target> = new Map(
  [
    targetOf('shop', {
      changes: {
        'deploy@v1': {
          with: { version: { type: 'string' } },
          capability: 'C',
          show: {
            effective: { probe: 'look', expect: [{ observed: 'version', is: 'equals', wanted: { with: 'version' } }] },
          },
        },
      },
    }),
    targetOf('idp', {
      scopes: { global: ['realm'] },
      changes: {
        'role-mapping@v1': {
          with: { role: { type: 'string' } },
          capability: 'A',
          show: { effective: { probe: 'look', expect: [{ observed: 'on', is: 'equals', wanted: { value: true } }] } },
        },
      },
    }),
    targetOf('flags', {
      changes: {
        'toggle@v1': {
          with: { flag: { type: 'string' }, enabled: { type: 'boolean' } },
          capability: 'C',
          show: {
            effective: {
              probe: 'look',
              expect: [{ observed: { prefix: 'flag.', with: 'flag' }, is: 'equals', wanted: { with: 'enabled' } }],
            },
          },
        },
      },
    }),
  ].map((target) => [target.metadata.name, target]),
);

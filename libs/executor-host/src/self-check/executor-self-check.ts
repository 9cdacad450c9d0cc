import type { SelfCheckPlan } from '@causeway/service';
import { executorMigrations } from '../migrations';
import { schemaOf } from '../schema-name';
import { claimsState, observingState } from './claims-state';
import { judgeClaims, judgeObserving } from './judge-claims';

/** The self-check of one executor. */
export function executorSelfCheck(name: string): SelfCheckPlan {
  const service = `executor-${name}`;
  return {
    service,
    schema: schemaOf(name),
    migrations: executorMigrations,
    hasOutbox: true,
    hasSeat: false,
    executors: [name],
    tables: [
      { name: 'leases', look: async (reader) => judgeClaims(service, await claimsState(reader)) },
      {
        name: 'observer',
        look: async (reader) =>
          judgeObserving(service, process.env.CAUSEWAY_OBSERVES || undefined, await observingState(reader)),
      },
    ],
  };
}

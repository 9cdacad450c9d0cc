import { target as targetSchema, type Target } from '@causeway/contracts';
import { CAPABILITIES, changeOf } from '../world/sim-executor';
import { OBSERVED_PREFIX } from '../world/sim-looks';

/**
 * A simulated target under the name of its executor, with one change of each class.
 * @param members how many in each scope
 * @param every time between two looks at a member
 */
export function targetFor(name: string, members: Readonly<Record<string, number>>, every = '1s'): Target {
  const own = Object.fromEntries(
    Object.entries(members).map(([scope, count]) => [
      scope,
      Array.from({ length: count }, (_, i) => `${name}-${scope}-${i + 1}`),
    ]),
  );
  const place = { url: `http://${name}/look` };
  const at = Object.fromEntries(
    Object.entries(own).map(([scope, list]) => [scope, Object.fromEntries(list.map((member) => [member, place]))]),
  );
  return targetSchema.parse({
    ...{ apiVersion: 'causeway/v1', kind: 'Target', metadata: { name, owner: `team-${name}` } },
    spec: {
      ...{ executor: name, propagation: 'regional-async', rung: 'effective', history: 'ordered-ids', scopes: own },
      changes: Object.fromEntries(CAPABILITIES.map((capability) => [changeOf(capability), changeIn(capability)])),
      probes: { look: { kind: 'http', every, timeout: '2s', freshness: '10s', at } },
    },
  });
}

const OBSERVED = { prefix: OBSERVED_PREFIX, with: 'resource' };
const EXPECT = [{ observed: OBSERVED, is: 'equals', wanted: { with: 'value' } }];

const changeIn = (capability: string) => ({
  with: { resource: { type: 'string' }, value: { type: 'string' } },
  ...{ identifiedBy: ['resource'], capability, show: { effective: { probe: 'look', expect: EXPECT } } },
});

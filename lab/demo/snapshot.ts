import { GATEWAYS, REGIONS } from '../systems/regions';
import type { Outcome } from './outcome';
import type { Act } from './report/data';
import { tell } from './tell';

/** What a dashboard shows: the four systems as they are now, a column a region. */
export function snapshotOf({ roles, versions, gateways, flag }: Outcome): Act['snapshot'] {
  return [
    { what: 'roles of group auditors', values: REGIONS.map(() => roles.join(', ') || 'none') },
    { what: 'version of the shop', values: REGIONS.map((region) => versions[region] ?? 'no answer') },
    {
      what: 'policy at the gateways',
      values: REGIONS.map((region) => GATEWAYS[region].map((name) => gateways[name]?.policy ?? 'no answer').join(', ')),
    },
    { what: 'flag', values: REGIONS.map((region) => (flag[region] ? 'on' : 'off')) },
  ];
}

const COLUMN = 26;

export function tellSnapshot(snapshot: Act['snapshot']): void {
  tell(`  ${''.padEnd(COLUMN)}${REGIONS.map((region) => region.padEnd(COLUMN)).join('')}`);
  for (const { what, values } of snapshot)
    tell(`  ${what.padEnd(COLUMN)}${values.map((value) => value.padEnd(COLUMN)).join('')}`);
}

/** Whether a comparison of the regions shows nothing. */
export const regionsMatch = (snapshot: Act['snapshot']): boolean =>
  snapshot.every(({ values }) => new Set(values).size === 1);

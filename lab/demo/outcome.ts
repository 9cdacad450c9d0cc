import { GATEWAYS, REGIONS } from '../systems/regions';
import type { Lab } from '../systems/start-lab';
import { configWrites, readGateway } from '../readback/caddy';
import { freshUserToken, readGroupRoles, roleMappingHistory } from '../readback/keycloak';
import { deployHistory, readServedVersion } from '../readback/tomcat';
import { flagHistory, readFlagAsClient } from '../readback/unleash';
import { flagPlace, type Witness } from '../witness/places';

/** What the four systems say of themselves, read by clients that share nothing with our executors. */
export interface Outcome {
  readonly roles: readonly string[];
  readonly versions: Readonly<Record<string, string | null>>;
  readonly gateways: Readonly<Record<string, { policy: string | null; auditStatus: number }>>;
  readonly flag: Readonly<Record<string, boolean>>;
  /** How often each system's own history says that it was changed. */
  readonly writes: { readonly idp: number; readonly shop: number; readonly edge: number; readonly flags: number };
}

export async function readOutcome(lab: Lab): Promise<Outcome> {
  const token = await freshUserToken(lab.keycloak);
  const versions = await Promise.all(
    REGIONS.map(async (region) => [region, await readServedVersion(lab.tomcat.instances[region])] as const),
  );
  const gateways = await Promise.all(
    Object.values(lab.caddy.gateways).map(async (gateway) => {
      const { policy, auditStatus } = await readGateway(gateway, token);
      return [gateway.name, { policy, auditStatus }] as const;
    }),
  );
  const flag = await Promise.all(
    REGIONS.map(async (region) => [region, await readFlagAsClient(lab.unleash, region)] as const),
  );
  return {
    roles: await readGroupRoles(lab.keycloak),
    versions: Object.fromEntries(versions),
    gateways: Object.fromEntries(gateways),
    flag: Object.fromEntries(flag),
    writes: await countWrites(lab),
  };
}

async function countWrites(lab: Lab): Promise<Outcome['writes']> {
  const deploys = await Promise.all(REGIONS.map((region) => deployHistory(lab.tomcat.instances[region])));
  const flagEvents = await flagHistory(lab.unleash);
  return {
    idp: (await roleMappingHistory(lab.keycloak)).length,
    shop: deploys.flat().filter(({ command }) => command === 'deploy').length,
    edge: (await configWrites(lab.caddy)).filter(({ refused }) => !refused).length,
    flags: flagEvents.filter(({ by }) => by === lab.unleash.executor.name || by === lab.unleash.executor.email).length,
  };
}

/** The order as the witness saw it: when each eu-west gateway first served the policy, and when the flag was first on. */
export interface WitnessedOrder {
  readonly gateways: Readonly<Record<string, string | null>>;
  readonly flagOn: Readonly<Record<string, string | null>>;
  /** Whether the flag was still seen off, everywhere, at a moment when both eu-west gateways had been seen serving the policy. */
  readonly flagAfterGateways: boolean;
}

export function witnessedOrder(witness: Witness, policy: string): WitnessedOrder {
  const served = Object.values(GATEWAYS)
    .flat()
    .map((name) => [name, witness.first(name, policy)] as const);
  const on = REGIONS.map((region) => [region, witness.first(flagPlace(region), 'on')] as const);
  const euWest = GATEWAYS['eu-west'].map(
    (name) => witness.first(name, policy)?.firstSeenMs ?? Number.POSITIVE_INFINITY,
  );
  // The look that began at `notBeforeMs` still found it off: it went on after that, so this is the strict bound.
  const flagOffUntil = on.map(([, sighting]) => sighting?.notBeforeMs ?? Number.NEGATIVE_INFINITY);
  return {
    gateways: Object.fromEntries(served.map(([name, sighting]) => [name, timeOf(sighting?.firstSeenMs)])),
    flagOn: Object.fromEntries(on.map(([region, sighting]) => [region, timeOf(sighting?.firstSeenMs)])),
    flagAfterGateways: Math.min(...flagOffUntil) >= Math.max(...euWest),
  };
}

const timeOf = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

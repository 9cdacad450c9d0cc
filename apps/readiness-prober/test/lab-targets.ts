import { target, type Target, type TargetDocument } from '@causeway/contracts';
import { GATEWAYS, REGIONS, type Lab } from '@causeway/lab';
import type { Credentials } from '../src/look/credentials';

type Probes = TargetDocument['spec']['probes'];

/** How the lab's four systems are looked at. The changes are the executors' business and left out. */
export function labTargets(lab: Lab): Map<string, Target> {
  const { keycloak, tomcat, caddy, unleash } = lab;
  const perRegion = <T>(of: (region: (typeof REGIONS)[number]) => T): Record<string, T> =>
    Object.fromEntries(REGIONS.map((region) => [region, of(region)]));
  const all: Record<string, Probes> = {
    idp: {
      token: {
        kind: 'oidc-token',
        at: {
          global: { realm: { url: keycloak.tokenUrl, clientId: keycloak.webClientId, credential: 'probe-user' } },
        },
      },
    },
    shop: {
      version: {
        kind: 'http',
        at: perRegion((region) => ({ [`shop-${region}`]: { url: `${tomcat.instances[region].url}/shop/version` } })),
      },
    },
    edge: {
      audit: {
        kind: 'http',
        at: perRegion((region) =>
          Object.fromEntries(
            GATEWAYS[region].map((name) => [
              name,
              { url: `${caddy.gateways[name].url}/api/audit`, bearer: 'probe-user-token' },
            ]),
          ),
        ),
      },
    },
    flags: {
      client: {
        kind: 'unleash-client',
        at: perRegion((region) => ({
          client: { url: `${unleash.url}/api/client/features`, credential: 'flags-read', region },
        })),
      },
    },
  };
  return new Map(Object.entries(all).map(([name, probes]) => [name, targetOf(name, probes)]));
}

function targetOf(name: string, probes: Probes): Target {
  const scopes = Object.values(probes ?? {}).flatMap((probe) => ('at' in probe ? Object.entries(probe.at) : []));
  return target.parse({
    apiVersion: 'causeway/v1',
    kind: 'Target',
    metadata: { name, owner: 'team-lab' },
    spec: {
      executor: 'any',
      propagation: 'regional-async',
      rung: 'effective',
      history: 'timestamped-log',
      scopes: Object.fromEntries(scopes.map(([scope, members]) => [scope, Object.keys(members)])),
      changes: {},
      probes,
    },
  });
}

/** What the lab's probe users can do: sign in, and read flags. */
export const labCredentials = ({ keycloak, unleash }: Lab): Credentials =>
  new Map([
    ['probe-user', { kind: 'password', ...keycloak.probeUser }],
    [
      'probe-user-token',
      { kind: 'oidc', url: keycloak.tokenUrl, clientId: keycloak.webClientId, ...keycloak.probeUser },
    ],
    ['flags-read', { kind: 'token', token: unleash.clientToken }],
  ]);

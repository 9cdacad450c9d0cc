import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MutationItem } from '@causeway/console-api';
import { addStrategy, deploy, mapRole, switchFlag, undeploy, writePolicy, type Lab } from '@causeway/lab';
import { createFlag, createRole } from './set-up';

/** What people do by hand at one system, past Causeway, with an account of their own. */
export interface Hand {
  readonly target: string;
  /** What the system can tell of who they are and through what they came. */
  readonly seenAs: { readonly actor: object; readonly channel: object };
  /** What no plan is about, at least as long as there is none. */
  unrelated(): Promise<void>;
  /** What the plan's step says. */
  asPlanned(): Promise<void>;
  again(): Promise<void>;
  /** Something else at the same place: all is as it was in the beginning. */
  otherwise(): Promise<void>;
  /** Whether what was told of a deed is what the plan's step says. */
  isAsPlanned(told: MutationItem): boolean;
}

const policyFile = (name: 'auditor' | 'baseline'): object =>
  JSON.parse(readFileSync(join('lab', 'policies', `${name}.json`), 'utf8')) as object;

export const handsAt = (lab: Lab): readonly Hand[] => [
  identityTeam(lab),
  shopTeam(lab),
  gatewayTeam(lab),
  releaseTeam(lab),
];

function identityTeam({ keycloak }: Lab): Hand {
  const { clientId } = keycloak.team;
  return {
    target: 'idp',
    seenAs: {
      actor: { kind: 'service', name: `service-account-${clientId}` },
      channel: { client: clientId, address: '127.0.0.1' },
    },
    unrelated: async () => {
      await createRole(keycloak, 'unrelated');
      await mapRole(keycloak, 'given', 'unrelated');
    },
    asPlanned: () => mapRole(keycloak, 'given'),
    again: () => mapRole(keycloak, 'given again'),
    otherwise: () => mapRole(keycloak, 'taken back'),
    isAsPlanned: ({ effect }) => effect === 'set',
  };
}

function shopTeam({ tomcat }: Lab): Hand {
  return {
    target: 'shop',
    seenAs: { actor: { kind: 'user', name: tomcat.team.name }, channel: { address: '127.0.0.1' } },
    unrelated: () => deploy(tomcat, 'us-east', '1.1.0'),
    asPlanned: () => deploy(tomcat, 'us-east', '1.1.0'),
    again: () => deploy(tomcat, 'us-east', '1.1.0', { overIt: true }),
    otherwise: () => undeploy(tomcat, 'us-east', '1.1.0'),
    isAsPlanned: ({ effect }) => effect === 'set',
  };
}

function gatewayTeam({ caddy }: Lab): Hand {
  const write = (name: 'auditor' | 'baseline'): Promise<void> => writePolicy(caddy, policyFile(name));
  return {
    target: 'edge',
    // Caddy's admin address knows no accounts: what came is all that is known.
    seenAs: { actor: { kind: 'unknown', name: null }, channel: { client: 'gateway-team', address: '127.0.0.1' } },
    unrelated: () => write('baseline'),
    asPlanned: () => write('auditor'),
    again: () => write('auditor'),
    otherwise: () => write('baseline'),
    isAsPlanned: ({ with: told }) => JSON.stringify(told).includes('auditor'),
  };
}

function releaseTeam({ unleash }: Lab): Hand {
  return {
    target: 'flags',
    seenAs: { actor: { kind: 'user', name: unleash.team.email }, channel: {} },
    unrelated: async () => {
      await createFlag(unleash, 'unrelated');
      await switchFlag({ ...unleash, flag: 'unrelated' }, 'on');
    },
    asPlanned: () => switchFlag(unleash, 'on'),
    again: () => addStrategy(unleash),
    otherwise: () => switchFlag(unleash, 'off'),
    isAsPlanned: ({ with: told }) => told['enabled'] === true,
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MutationItem } from '@causeway/console-api';
import type { MutationClass, PlanDocument } from '@causeway/contracts';
import { aboutToMapRole, deploy, switchFlag, undeploy, writePolicy, type Lab, type Region } from '@causeway/lab';
import { deployStep, flagStep, policyStep, roleStep } from './plans';
import { createFlag, createRole } from './set-up';

/** One system at which a person and our executor write at the same time, round after round. */
export interface Neighbour {
  readonly target: string;
  step(round: number): PlanDocument['spec']['steps'][number];
  /** Writes of ours in one round. */
  readonly writes: number;
  /** Makes ready all but the write itself. */
  theirs(round: number): Promise<() => Promise<void>>;
  isTheirs(seen: MutationItem, round: number): boolean;
  /** What theirs is against the plan. */
  readonly is: MutationClass;
  readonly actor: string | null;
  /** From our order on its topic to our write, milliseconds, about. */
  readonly usuallyAfterMs: number;
  /** Makes the next round possible. */
  tidy?(): Promise<void>;
}

export const neighbours = (lab: Lab, rounds: number): Promise<readonly Neighbour[]> =>
  Promise.all([identity(lab, rounds), shop(lab), edge(lab), flags(lab)]);

const ready = (write: () => Promise<void>): Promise<() => Promise<void>> => Promise.resolve(write);

/** Another role of the same group. */
async function identity({ keycloak }: Lab, rounds: number): Promise<Neighbour> {
  const roleOf = (round: number): string => `near-${round}`;
  await createRole(keycloak, 'theirs');
  for (let round = 0; round < rounds; round++) await createRole(keycloak, roleOf(round));
  return {
    target: 'idp',
    step: (round) => roleStep(roleOf(round)),
    writes: 1,
    theirs: (round) => aboutToMapRole(keycloak, round % 2 === 0 ? 'given' : 'taken back', 'theirs'),
    isTheirs: ({ with: told }) => told['role'] === 'theirs',
    is: 'undeclared',
    actor: `service-account-${keycloak.team.clientId}`,
    usuallyAfterMs: 40,
  };
}

/** An older version of the same application: it serves nobody. */
async function shop({ tomcat }: Lab): Promise<Neighbour> {
  const regions: readonly Region[] = ['us-east', 'eu-west'];
  return Promise.resolve({
    target: 'shop',
    step: () => deployStep('1.1.0'),
    writes: regions.length,
    theirs: (round) => ready(() => (round % 2 === 0 ? deploy : undeploy)(tomcat, 'eu-west', '0.9.0')),
    isTheirs: ({ with: told }) => told['version'] === '0.9.0',
    is: 'different-content',
    actor: tomcat.team.name,
    usuallyAfterMs: 400,
    tidy: async () => {
      for (const region of regions) await undeploy(tomcat, region, '1.1.0');
    },
  });
}

/** The very policy that ours writes, with other content. */
async function edge({ caddy }: Lab): Promise<Neighbour> {
  const auditor = readFileSync(join('lab', 'policies', 'auditor.json'), 'utf8');
  const theirs = (round: number): object => JSON.parse(auditor.replaceAll('"auditor"', `"theirs-${round}"`)) as object;
  return Promise.resolve({
    target: 'edge',
    step: (round) => policyStep(`ours-${round}`),
    writes: 1,
    theirs: (round) => ready(() => writePolicy(caddy, theirs(round))),
    isTheirs: ({ channel }) => channel.client === 'gateway-team',
    is: 'different-content',
    actor: null,
    usuallyAfterMs: 40,
  });
}

/** Another flag of the same project. */
async function flags({ unleash }: Lab): Promise<Neighbour> {
  const [ours, theirs] = ['near-ours', 'near-theirs'];
  for (const flag of [ours, theirs]) await createFlag(unleash, flag);
  return {
    target: 'flags',
    step: (round) => flagStep(ours, round % 2 === 0),
    writes: 2,
    theirs: (round) => ready(() => switchFlag({ ...unleash, flag: theirs }, round % 2 === 0 ? 'on' : 'off')),
    isTheirs: ({ with: told }) => told['flag'] === theirs,
    is: 'undeclared',
    actor: unleash.team.email,
    usuallyAfterMs: 40,
  };
}

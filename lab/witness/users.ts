/**
 * Users of the shop, in every region, who know nothing of Causeway: signed in at the identity provider, with the flag as it is
 * delivered for their region, through that region's gateways in turn. While the flag is on they use the new endpoint, while it is
 * off the old one. Every answer is written down.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { bearer, call } from '../http/call';
import { readFlagAsClient } from '../readback/unleash';
import { GATEWAYS, REGIONS, type GatewayName, type Region } from '../systems/regions';
import type { Lab } from '../systems/start-lab';
import { signedIn } from './token';

/** One request of one user. */
export interface UserRequest {
  readonly region: Region;
  readonly gateway: GatewayName;
  readonly flagOn: boolean;
  readonly path: string;
  /** When it was sent: after the flag had been read. */
  readonly beganMs: number;
  readonly answeredMs: number;
  /** Null: no answer came. */
  readonly status: number | null;
}

/** How a region's users fared. */
export interface Fared {
  readonly total: number;
  /** Answered with 403. */
  readonly denied: number;
  /** Answered with neither 200 nor 403, or not at all. */
  readonly otherwise: number;
}

export interface Users {
  requests(): readonly UserRequest[];
  /** Resolves once every region has made that many requests since now. Throws when that takes too long: something is down. */
  more(count: number): Promise<void>;
  stop(): Promise<readonly UserRequest[]>;
}

const OLD_ENDPOINT = '/api/catalog';
const NEW_ENDPOINT = '/api/audit';
const TOKEN_RENEWED_MS = 500;
const ANSWER_WITHIN_MS = 5_000;
const LOOK_AGAIN_MS = 50;
const MORE_WITHIN_MS = 90_000;

/** @param everyMs pause of one user between an answer and the next request; each gateway has a user of its own */
export function startUsers(lab: Lab, everyMs: number): Users {
  const made: UserRequest[] = [];
  const ending = new AbortController();
  const loops = REGIONS.flatMap((region) =>
    GATEWAYS[region].map((gateway) => use({ lab, region, gateway, everyMs, made, signal: ending.signal })),
  );
  const count = (region: Region): number => made.filter((request) => request.region === region).length;
  return {
    requests: () => made,
    async more(wanted) {
      const goals = REGIONS.map((region) => [region, count(region) + wanted] as const);
      const deadline = Date.now() + MORE_WITHIN_MS;
      while (!goals.every(([region, goal]) => count(region) >= goal)) {
        if (Date.now() > deadline) throw new Error(`users came to no ${wanted} requests a region: is a system down?`);
        await sleep(LOOK_AGAIN_MS);
      }
    },
    async stop() {
      ending.abort();
      await Promise.all(loops);
      return made;
    },
  };
}

interface Using {
  readonly lab: Lab;
  readonly region: Region;
  /** The one it begins with. */
  readonly gateway: GatewayName;
  readonly everyMs: number;
  readonly made: UserRequest[];
  readonly signal: AbortSignal;
}

async function use({ lab, region, gateway: first, everyMs, made, signal }: Using): Promise<void> {
  const token = signedIn(lab.keycloak, TOKEN_RENEWED_MS);
  const names: readonly GatewayName[] = GATEWAYS[region];
  for (let turn = names.indexOf(first); !signal.aborted; turn++) {
    const gateway = names[turn % names.length] as GatewayName;
    const asked = await prepare(lab, region, token).catch(() => null);
    if (asked) made.push({ region, gateway, ...(await ask(lab.caddy.gateways[gateway].url, asked)) });
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

interface Prepared {
  readonly token: string;
  readonly flagOn: boolean;
}

/** Without a token or the flag there is no request to make: the application would not know which. */
const prepare = async (lab: Lab, region: Region, token: () => Promise<string>): Promise<Prepared> => ({
  token: await token(),
  flagOn: await readFlagAsClient(lab.unleash, region),
});

async function ask(gatewayUrl: string, { token, flagOn }: Prepared): Promise<Omit<UserRequest, 'region' | 'gateway'>> {
  const path = flagOn ? NEW_ENDPOINT : OLD_ENDPOINT;
  const beganMs = Date.now();
  const status = await call({ url: gatewayUrl + path, headers: bearer(token), timeoutMs: ANSWER_WITHIN_MS }).then(
    (answer) => answer.status,
    () => null,
  );
  return { flagOn, path, beganMs, answeredMs: Date.now(), status };
}

export const isDenied = ({ status }: Pick<UserRequest, 'status'>): boolean => status === 403;

/** By region. A request that got no answer counts among the total. */
export const faredIn = (requests: readonly UserRequest[]): Record<Region, Fared> =>
  Object.fromEntries(
    REGIONS.map((region) => {
      const own = requests.filter((request) => request.region === region);
      const denied = own.filter(isDenied).length;
      const good = own.filter(({ status }) => status === 200).length;
      return [region, { total: own.length, denied, otherwise: own.length - denied - good }];
    }),
  ) as Record<Region, Fared>;

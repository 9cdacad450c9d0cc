/**
 * An independent client that keeps looking at places and writes down when what it saw there changed. A change happened between the
 * last look that showed the old value and the first that showed the new one: both times are kept.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '../http/call';
import { policyOf } from '../readback/caddy';
import { freshUserToken } from '../readback/keycloak';
import { readServedVersion } from '../readback/tomcat';
import { readFlagAsClient } from '../readback/unleash';
import type { Gateway } from '../systems/caddy/start';
import type { KeycloakLab } from '../systems/keycloak/start';
import { REGIONS, type Region } from '../systems/regions';
import type { TomcatLab } from '../systems/tomcat/start';
import type { UnleashLab } from '../systems/unleash/start';
import { rolesOf } from './token';

/** A value that was seen without interruption. `value` is null while the place did not answer. */
export interface Sighting {
  /** A gateway's name, `flag@<region>`, `shop@<region>` or `role`. */
  readonly place: string;
  readonly value: string | null;
  /** When the last look began that still showed something else; null for the first value. */
  readonly notBeforeMs: number | null;
  /** When the first answer with this value was there. */
  readonly firstSeenMs: number;
  /** When the last answer with this value was there. */
  lastSeenMs: number;
  looks: number;
}

export interface Witness {
  /** All so far, by place, oldest first. */
  sightings(place: string): readonly Sighting[];
  /** The first time that the place showed the value, or null. */
  first(place: string, value: string): Sighting | null;
  stop(): Promise<readonly Sighting[]>;
}

export interface WitnessOptions {
  readonly gateways: readonly Pick<Gateway, 'name' | 'url'>[];
  readonly flag: UnleashLab;
  /** Looks at the version that each region serves, when given. */
  readonly shop?: TomcatLab;
  /** Looks at the roles in a fresh token, when given; each costs Keycloak a password check, so these looks are rarer. */
  readonly role?: KeycloakLab;
  readonly everyMs: number;
}

const LOOK_TIMEOUT_MS = 2_000;
const ROLE_EVERY_MS = 500;

/** Looks at each place in a loop of its own, so that one that hangs delays no other. */
export function pollWitness(options: WitnessOptions): Witness {
  const seen: Sighting[] = [];
  const ending = new AbortController();
  const loops = placesOf(options).map((place) => watch({ ...place, seen, signal: ending.signal }));
  const at = (place: string): Sighting[] => seen.filter((sighting) => sighting.place === place);
  return {
    sightings: at,
    first: (place, value) => at(place).find((sighting) => sighting.value === value) ?? null,
    async stop() {
      ending.abort();
      await Promise.all(loops);
      return seen;
    },
  };
}

interface Place {
  readonly place: string;
  readonly everyMs: number;
  readonly look: () => Promise<string | null>;
}

function placesOf({ gateways, flag, shop, role, everyMs }: WitnessOptions): Place[] {
  const place = (name: string, look: Place['look']): Place => ({ place: name, everyMs, look });
  return [
    ...gateways.map(({ name, url }) => place(name, () => lookAtGateway(url))),
    ...REGIONS.map((region) => place(flagPlace(region), () => lookAtFlag(flag, region))),
    ...(shop ? REGIONS.map((region) => place(shopPlace(region), () => readServedVersion(shop.instances[region]))) : []),
    ...(role ? [{ place: ROLE_PLACE, everyMs: ROLE_EVERY_MS, look: () => lookAtRole(role) }] : []),
  ];
}

/** The flag as applications in that region find it: `on` or `off`. */
export const flagPlace = (region: Region): string => `flag@${region}`;
/** The version of the shop that the region serves. */
export const shopPlace = (region: Region): string => `shop@${region}`;
/** Whether a fresh token carries the role: `given` or `none`. */
export const ROLE_PLACE = 'role';

interface Watching extends Place {
  readonly seen: Sighting[];
  readonly signal: AbortSignal;
}

async function watch({ place, look, everyMs, seen, signal }: Watching): Promise<void> {
  let current = null as Sighting | null;
  let lastLookBeganMs: number | null = null;
  while (!signal.aborted) {
    const beganMs = Date.now();
    const value = await look().catch(() => null);
    const answeredMs = Date.now();
    if (current === null || current.value !== value) {
      current = {
        place,
        value,
        notBeforeMs: lastLookBeganMs,
        firstSeenMs: answeredMs,
        lastSeenMs: answeredMs,
        looks: 0,
      };
      seen.push(current);
    }
    current.lastSeenMs = answeredMs;
    current.looks += 1;
    lastLookBeganMs = beganMs;
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

const lookAtGateway = async (url: string): Promise<string | null> =>
  policyOf((await call({ url: `${url}/version`, timeoutMs: LOOK_TIMEOUT_MS })).headers);

const lookAtFlag = async (flag: UnleashLab, region: Region): Promise<string> =>
  (await readFlagAsClient(flag, region)) ? 'on' : 'off';

const lookAtRole = async (keycloak: KeycloakLab): Promise<string> =>
  rolesOf(await freshUserToken(keycloak)).includes(keycloak.role) ? 'given' : 'none';

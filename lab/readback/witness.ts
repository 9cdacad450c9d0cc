/**
 * An independent client that keeps looking at every gateway and at the flag, and writes down when what it saw changed. A change
 * happened between the last look that showed the old value and the first that showed the new one: both times are kept.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '../http/call';
import type { Gateway } from '../systems/caddy/start';
import { REGIONS, type Region } from '../systems/regions';
import type { UnleashLab } from '../systems/unleash/start';
import { policyOf } from './caddy';
import { readFlagAsClient } from './unleash';

/** A value that was seen without interruption. `value` is null while the place did not answer. */
export interface Sighting {
  /** A gateway's name, or `flag@<region>`. */
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
  readonly everyMs: number;
}

const LOOK_TIMEOUT_MS = 2_000;

/** Looks at each place in a loop of its own, so that one that hangs delays no other. */
export function pollWitness({ gateways, flag, everyMs }: WitnessOptions): Witness {
  const seen: Sighting[] = [];
  const ending = new AbortController();
  const looks = [
    ...gateways.map(({ name, url }) => ({ place: name as string, look: () => lookAtGateway(url) })),
    ...REGIONS.map((region) => ({ place: flagPlace(region), look: () => lookAtFlag(flag, region) })),
  ];
  const loops = looks.map(({ place, look }) => watch({ place, look, everyMs, seen, signal: ending.signal }));
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

/** The place of the flag as applications in that region find it: `on` or `off`. */
export const flagPlace = (region: Region): string => `flag@${region}`;

interface Watching {
  readonly place: string;
  readonly look: () => Promise<string | null>;
  readonly everyMs: number;
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

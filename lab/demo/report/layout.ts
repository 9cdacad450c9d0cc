import { SYSTEMS, type Act, type System } from './data';

/** Where things are in the picture, in its own units (about pixels on a desk's screen). */
export const WIDTH = 1000;
const LEFT = 148;
const RIGHT = 16;
const TOP = 30;
const HEADER = 26;
const LANE = 36;
const USERS = 30;
const HOLD = 24;
const GAP = 8;
const AXIS = 26;

export interface Band {
  readonly y: number;
  readonly height: number;
}

export interface Layout {
  readonly height: number;
  readonly left: number;
  readonly right: number;
  /** Horizontal place of a moment; what is outside the act is put at its edge. */
  x(ms: number): number;
  readonly headers: readonly (Band & { readonly text: string })[];
  /** One band a hold, in the act's order. */
  readonly holds: readonly Band[];
  lane(system: System, region: string | null): Band | null;
  users(region: string): Band | null;
  /** Foot of the lanes, where the axis is. */
  readonly foot: number;
}

const key = (system: string, region: string | null): string => `${system}@${region ?? ''}`;

export function layOut(act: Act): Layout {
  const bands = new Map<string, Band>();
  const headers: (Band & { text: string })[] = [];
  const holds: Band[] = [];
  let y = TOP;
  const take = (height: number): Band => {
    const band = { y, height };
    y += height;
    return band;
  };
  const header = (text: string): void => void headers.push({ ...take(HEADER), text });
  if (act.holds.length > 0) {
    header('gates that were held');
    for (const _ of act.holds) holds.push(take(HOLD));
    y += GAP;
  }
  for (const region of [null, ...act.regions]) {
    const systems = SYSTEMS.filter((system) =>
      act.lanes.some((lane) => lane.system === system && lane.region === region),
    );
    const people = act.users.some((users) => users.region === region);
    if (systems.length === 0 && !people) continue;
    header(region ?? 'all regions');
    for (const system of systems) bands.set(key(system, region), take(LANE));
    if (people) bands.set(key('users', region), take(USERS));
    y += GAP;
  }
  const span = Math.max(1, act.toMs - act.fromMs);
  const inside = (ms: number): number => Math.min(act.toMs, Math.max(act.fromMs, ms));
  return {
    height: y + AXIS,
    left: LEFT,
    right: WIDTH - RIGHT,
    x: (ms) => LEFT + ((inside(ms) - act.fromMs) / span) * (WIDTH - RIGHT - LEFT),
    headers,
    holds,
    lane: (system, region) => bands.get(key(system, region)) ?? null,
    users: (region) => bands.get(key('users', region)) ?? null,
    foot: y,
  };
}

const STEPS_SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 300];
const MOST_TICKS = 12;

/** Seconds after the beginning that the axis names. */
export function ticks(durationMs: number): number[] {
  const seconds = durationMs / 1_000;
  const step = STEPS_SECONDS.find((one) => seconds / one <= MOST_TICKS) ?? Math.ceil(seconds / MOST_TICKS);
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, i) => i * step);
}

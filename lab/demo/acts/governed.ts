/** What the governed acts have in common: the stage with its users and its outside witness, and the account at the end. */
import type { World } from '../../governed/world';
import { REGIONS } from '../../systems/regions';
import { pollWitness, type Witness } from '../../witness/places';
import { startUsers, type UserRequest, type Users } from '../../witness/users';
import { ask, type Answered } from '../ask';
import { startClock, type Clock } from '../clock';
import type { Outcome } from '../outcome';
import { snapshotOf } from '../snapshot';
import { heading, mustHold } from '../tell';
import { usersOf } from '../users-of';
import type { Played } from './act';
import { exposuresOf, factsOf, holdsOf, lanesOf, marksOf, type Told } from './told';

export const POLICY = 'auditor';
const PLACES_EVERY_MS = 100;
/** Two users a region: together a request every 110 ms or so. */
const USER_EVERY_MS = 200;

export interface Scene {
  readonly world: World;
  readonly witness: Witness;
  readonly users: Users;
  readonly clock: Clock;
  /** Questions asked so far, and the answers. */
  readonly answers: Answered[];
}

/** Plays while users keep using the shop and an independent client keeps looking. Both end with it, however it ends. */
export async function onStage<T>(world: World, play: (scene: Scene) => Promise<T>): Promise<T> {
  const { caddy, unleash } = world.lab;
  const gateways = Object.values(caddy.gateways);
  const witness = pollWitness({ gateways, flag: unleash, everyMs: PLACES_EVERY_MS });
  const users = startUsers(world.lab, USER_EVERY_MS);
  const clock = startClock();
  try {
    await users.more(15);
    return await play({ world, witness, users, clock, answers: [] });
  } finally {
    await users.stop();
    await witness.stop();
  }
}

/** Asks aloud, and keeps the answer for the report. */
export async function asked({ world, answers }: Scene, ...args: string[]): Promise<Answered> {
  const answered = await ask(world, ...args);
  answers.push(answered);
  return answered;
}

export interface Account {
  readonly about: Pick<Played['picture'], 'number' | 'title' | 'story' | 'outcome'>;
  readonly told: Told;
  readonly requests: readonly UserRequest[];
  readonly after: Outcome;
  readonly endedMs: number;
  readonly checks: Readonly<Record<string, boolean>>;
}

/** Tells what must hold, and gives the act as data and as a picture. */
export function accountOf(scene: Scene, { about, told, requests, after, endedMs, checks }: Account): Played {
  heading(`What must hold in act ${about.number}`);
  const held = Object.entries(checks).map(([what, one]) => mustHold(what, one));
  return {
    facts: factsOf(about.title, told, requests),
    requests,
    picture: {
      ...about,
      ...{ fromMs: scene.clock.beganMs, toMs: endedMs, regions: [...REGIONS] },
      ...{ lanes: lanesOf(told), exposures: exposuresOf(told, requests), holds: holdsOf(told), marks: marksOf(told) },
      ...{ users: usersOf(requests), snapshot: snapshotOf(after), answers: scene.answers },
      checks: Object.entries(checks).map(([what, one]) => ({ what, held: one })),
    },
    held: held.every(Boolean),
  };
}

/** All four systems say of themselves that they are as the plan wants them. */
export const allChanged = (after: Outcome): Record<string, boolean> => ({
  'the group has the role': after.roles.includes('policy-reader'),
  'both regions serve version 1.1.0': Object.values(after.versions).every((version) => version === '1.1.0'),
  'all four gateways serve the policy and let auditors in': Object.values(after.gateways).every(
    ({ policy, auditStatus }) => policy === POLICY && auditStatus === 200,
  ),
  'the flag is on in both regions': Object.values(after.flag).every(Boolean),
});

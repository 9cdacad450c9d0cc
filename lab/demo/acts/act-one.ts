import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../processes/wait-until';
import { GATEWAYS, REGIONS, type Region } from '../../systems/regions';
import type { Lab } from '../../systems/start-lab';
import { policyFile } from '../../teams/old-state';
import { deploy, mapRole, pullNow, switchFlag, writePolicy } from '../../teams/teams';
import { pollWitness, type Witness } from '../../witness/places';
import { faredIn, isDenied, startUsers, type UserRequest } from '../../witness/users';
import { startClock, type Clock } from '../clock';
import { readOutcome, type Outcome } from '../outcome';
import type { Act, Mark } from '../report/data';
import { regionsMatch, snapshotOf, tellSnapshot } from '../snapshot';
import { heading, mustHold, tell } from '../tell';
import { usersOf } from '../users-of';
import type { Played } from './act';
import { POLICY } from './governed';
import { witnessedExposures, witnessedLanes } from './witnessed';

/** Two users a region: together a request every 110 ms or so. */
const USER_EVERY_MS = 200;
const PLACES_EVERY_MS = 150;
/** So long does everybody think that the work is done before the next one starts. */
const HANDOVER_MS = 1_200;
const WITHIN_MS = 60_000;

/**
 * Nobody governs. Each team does its part by hand, with its own account and in good faith: the identity team ahead of schedule, the
 * release team as soon as the gateways' control plane has said "accepted" and a look at us-east has shown the policy.
 */
export async function actOne(lab: Lab): Promise<Played> {
  heading('ACT 1: nobody governs');
  tell('Four teams change four systems by hand. Users in both regions keep using the shop and know nothing of it.');
  const witness = pollWitness({
    gateways: Object.values(lab.caddy.gateways),
    ...{ flag: lab.unleash, shop: lab.tomcat, role: lab.keycloak, everyMs: PLACES_EVERY_MS },
  });
  const users = startUsers(lab, USER_EVERY_MS);
  const clock = startClock();
  try {
    await users.more(15);
    const marks = await changeByHand(lab, witness, clock);
    await waitUntil(
      'nobody is denied any more',
      WITHIN_MS,
      () => !stillDenied(users.requests()) && allServe(witness, REGIONS),
    );
    await users.more(25);
    const outcome = await readOutcome(lab);
    const requests = await users.stop();
    await witness.stop();
    return account({ outcome, requests, marks, witness, clock });
  } finally {
    await users.stop();
    await witness.stop();
  }
}

async function changeByHand(lab: Lab, witness: Witness, clock: Clock): Promise<Mark[]> {
  const marks: Mark[] = [];
  const did = async (mark: Omit<Mark, 'at' | 'class'>, work: Promise<unknown>): Promise<void> => {
    await work;
    marks.push({ ...mark, at: Date.now(), class: 'by-hand' });
    clock.say(`${mark.actor}: ${mark.what}`);
    await sleep(HANDOVER_MS);
  };
  const role = { system: 'idp', region: null, actor: 'idp-team', what: 'gives the role, ahead of schedule' } as const;
  await did(role, mapRole(lab.keycloak, 'given'));
  const version = { system: 'shop', region: null, actor: 'shop-team', what: 'deploys 1.1.0 in both regions' } as const;
  await did(version, Promise.all(REGIONS.map((region) => deploy(lab.tomcat, region, '1.1.0'))));
  // Their clocks are set to the beginning of a turn, so that eu-west lags equally long in every showing.
  await pullNow(lab.caddy, ['eu-west']);
  const policy = {
    system: 'edge',
    region: null,
    actor: 'gateway-team',
    what: 'writes the policy: "accepted"',
  } as const;
  await did(policy, writePolicy(lab.caddy, await policyFile(POLICY)));
  await waitUntil('us-east serves the new policy', WITHIN_MS, () => allServe(witness, ['us-east']));
  const flag = { system: 'flags', region: null, actor: lab.unleash.team.name, what: 'switches the flag on' } as const;
  await did(flag, switchFlag(lab.unleash, 'on'));
  return marks;
}

/** Whether what was last seen at each gateway of these regions is the new policy. */
const allServe = (witness: Witness, regions: readonly Region[]): boolean =>
  regions.every((region) => GATEWAYS[region].every((name) => witness.sightings(name).at(-1)?.value === POLICY));

/** Whether one of the last requests was denied. */
const stillDenied = (requests: readonly UserRequest[]): boolean => requests.slice(-20).some(isDenied);

interface Shown {
  readonly outcome: Outcome;
  readonly requests: readonly UserRequest[];
  readonly marks: readonly Mark[];
  readonly witness: Witness;
  readonly clock: Clock;
}

function account({ outcome, requests, marks, witness, clock }: Shown): Played {
  const snapshot = snapshotOf(outcome);
  const fared = faredIn(requests);
  tell('\nWhat the users met:');
  for (const region of REGIONS)
    tell(`  ${region}  ${fared[region].total} requests, ${fared[region].denied} denied (403)`);
  tell('\nHours later somebody compares the regions:');
  tellSnapshot(snapshot);
  tell('Every line matches. Nothing here says why anybody was turned away, or that it could have been otherwise.');
  const checks = {
    'users in eu-west were denied': fared['eu-west'].denied > 0,
    'users in us-east were not': fared['us-east'].denied === 0,
    'at the end the regions match in all four systems': regionsMatch(snapshot),
  };
  heading('What must hold in act 1');
  const held = Object.entries(checks).map(([what, one]) => mustHold(what, one));
  const picture: Act = {
    number: 1,
    title: 'nobody governs',
    story: STORY,
    outcome: 'all four systems match at the end, and nothing is recorded',
    ...{ fromMs: clock.beganMs, toMs: Date.now(), regions: [...REGIONS], marks, snapshot },
    lanes: witnessedLanes(witness),
    exposures: witnessedExposures(witness, requests),
    ...{ holds: [], answers: [], users: usersOf(requests) },
    checks: Object.entries(checks).map(([what, one]) => ({ what, held: one })),
  };
  const nothing = { holds: [], mutations: [], exposureWindows: [], divergences: [] };
  return {
    facts: { name: 'nobody governs', sequenceId: null, outcome: 'ungoverned', ...nothing },
    ...{ requests, picture, held: held.every(Boolean) },
  };
}

const STORY = [
  "Each team makes its change by hand, in good faith. The identity team is ahead of schedule. The application's team deploys. The gateways' team writes the new policy, and its control plane answers “accepted”; us-east's gateways have it a second later. So the release team switches the flag on, everywhere.",
  "But eu-west's gateways have not picked the policy up yet. Its users are sent to the new page and turned away at the gateway, until the policy arrives there too.",
  'Afterwards the regions match in every system. A comparison of snapshots, now or hours later, shows nothing: the right changes arrived in the wrong order, and nobody wrote the order down.',
];

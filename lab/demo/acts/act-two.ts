import { join } from 'node:path';
import type { World } from '../../governed/world';
import { REGIONS } from '../../systems/regions';
import { pullNow } from '../../teams/teams';
import { pollWitness } from '../../witness/places';
import { faredIn, startUsers, type Users } from '../../witness/users';
import { ask, type Answered } from '../ask';
import { startClock } from '../clock';
import { readOutcome, witnessedOrder, type Outcome, type WitnessedOrder } from '../outcome';
import { snapshotOf } from '../snapshot';
import { heading, mustHold, tell } from '../tell';
import { usersOf } from '../users-of';
import type { Played } from './act';
import { watchHolds } from './hold-watch';
import { exposuresOf, factsOf, holdsOf, lanesOf, marksOf, tellOf } from './told';

const PLAN = join('examples', 'auditor-role', 'plan.yaml');
const POLICY = 'auditor';
const KEY = 'CHG-4711';
const PLACES_EVERY_MS = 100;
/** Two users a region: together a request every 110 ms or so. */
const USER_EVERY_MS = 200;
/** So many requests of each region have to have gone well. */
const REQUESTS_A_REGION = 200;

/** The same evolution, governed: the plan runs, and the flag waits for the last gateway. */
export async function actTwo(world: World): Promise<Played> {
  heading('ACT 2: governed');
  tell(
    `The same four changes, as one plan (${PLAN}): each step waits until the one before it is effective in every region.`,
  );
  const { lab } = world;
  const witness = pollWitness({
    gateways: Object.values(lab.caddy.gateways),
    ...{ flag: lab.unleash, everyMs: PLACES_EVERY_MS },
  });
  const users = startUsers(lab, USER_EVERY_MS);
  const holding = watchHolds(world, KEY);
  const clock = startClock();
  try {
    await users.more(15);
    // The gateways' clocks are set to the beginning of a turn, so that eu-west lags in every showing.
    await pullNow(lab.caddy, ['eu-west']);
    const applied = await ask(world, 'apply', PLAN, '--key', KEY, '--wait', '--timeout', '5m');
    await enough(users);
    const requests = await users.stop();
    const endedMs = Date.now();
    const holds = await holding.stop();
    await witness.stop();
    const order = witnessedOrder(witness, POLICY);
    const after = await readOutcome(lab);
    const answers = [await ask(world, 'explain', KEY), await ask(world, 'exposure', KEY)];
    const told = await tellOf(world, KEY, new Date(clock.beganMs).toISOString());
    const fared = faredIn(requests);
    tell('\nWhat the users met:');
    for (const region of REGIONS)
      tell(`  ${region}  ${fared[region].total} requests, ${fared[region].denied} denied (403)`);
    tellOrder(order);
    const lagging = holds.filter(({ step }) => step === 'flag').flatMap(({ reasons }) => reasons);
    const checks = {
      'the sequence completed': applied.code === 0,
      ...systemChecks(after, order),
      "the flag was held naming eu-west's gateways": ['gw-eu-1', 'gw-eu-2'].every((member) =>
        lagging.some((reason) => reason.scope === 'eu-west' && reason.member === member),
      ),
      [`not one 403 in at least ${REQUESTS_A_REGION} requests of each region`]: REGIONS.every(
        (region) => fared[region].denied === 0 && fared[region].total >= REQUESTS_A_REGION,
      ),
      'the ledger reports no exposure window': told.exposure.windows.length === 0,
      ...(await repeatChecks(world, after)),
    };
    heading('What must hold in act 2');
    const held = Object.entries(checks).map(([what, one]) => mustHold(what, one));
    return {
      facts: factsOf('governed', told, holds, requests),
      requests,
      picture: {
        ...{
          number: 2,
          title: 'governed',
          story: STORY,
          outcome: `the sequence ${told.view.status}; nobody was denied`,
        },
        ...{ fromMs: clock.beganMs, toMs: endedMs, regions: [...REGIONS] },
        ...{ lanes: lanesOf(told), exposures: exposuresOf(told, requests), holds: holdsOf(told), marks: marksOf(told) },
        ...{ users: usersOf(requests), snapshot: snapshotOf(after), answers: [applied, ...answers] },
        checks: Object.entries(checks).map(([what, one]) => ({ what, held: one })),
      },
      held: held.every(Boolean),
    };
  } finally {
    await users.stop();
    await holding.stop();
    await witness.stop();
  }
}

async function enough(users: Users): Promise<void> {
  const least = Math.min(...REGIONS.map((region) => faredIn(users.requests())[region].total));
  await users.more(Math.max(25, REQUESTS_A_REGION - least));
}

function tellOrder(order: WitnessedOrder): void {
  tell('\nThe order, as an independent client that polls all gateways and the flag saw it:');
  for (const [name, at] of Object.entries(order.gateways)) tell(`  ${name.padEnd(9)} first served "${POLICY}"  ${at}`);
  for (const [region, at] of Object.entries(order.flagOn)) tell(`  flag      first on in ${region.padEnd(9)} ${at}`);
}

function systemChecks(after: Outcome, order: WitnessedOrder): Record<string, boolean> {
  return {
    ...allChanged(after),
    'the flag went on only after both eu-west gateways served the policy': order.flagAfterGateways,
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

/** The same intent again, and the same plan as a new sequence: neither writes anything anywhere. */
async function repeatChecks(world: World, after: Outcome): Promise<Record<string, boolean>> {
  tell('\nThe same intent again (same key), then the same plan as a new sequence:');
  const same: Answered = await ask(world, 'apply', PLAN, '--key', KEY, '--wait', '--timeout', '1m');
  const again = await ask(world, 'apply', PLAN, '--key', `${KEY}-again`, '--wait', '--timeout', '3m');
  const now = await readOutcome(world.lab);
  return {
    'the same intent was recognised': same.code === 0,
    'the new sequence found every step already so': again.code === 0,
    'neither wrote anything at any system': JSON.stringify(now.writes) === JSON.stringify(after.writes),
  };
}

const STORY = [
  'The same four changes are declared as one plan. Causeway commands a step, looks from outside at every gateway and every region, and commands the next one only when it has seen the change in effect everywhere.',
  "eu-west's gateways are as slow as before. This time the flag waits for them, and says so.",
];

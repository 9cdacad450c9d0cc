import { join } from 'node:path';
import type { World } from '../../governed/world';
import { REGIONS } from '../../systems/regions';
import { pullNow } from '../../teams/teams';
import { faredIn, type UserRequest, type Users } from '../../witness/users';
import { ask, type Answered } from '../ask';
import { readOutcome, witnessedOrder, type Outcome, type WitnessedOrder } from '../outcome';
import { heading, tell } from '../tell';
import type { Played } from './act';
import { accountOf, allChanged, asked, onStage, POLICY, type Scene } from './governed';
import { tellOf, type Told } from './told';

const PLAN = join('examples', 'auditor-role', 'plan.yaml');
const KEY = 'CHG-4711';
/** So many requests of each region have to have gone well. */
const REQUESTS_A_REGION = 200;

/** The same evolution, governed: the plan runs, and the flag waits for the last gateway. */
export function actTwo(world: World): Promise<Played> {
  heading('ACT 2: governed');
  tell(
    `The same four changes, as one plan (${PLAN}): each step waits until the one before it is effective in every region.`,
  );
  return onStage(world, playTwo);
}

async function playTwo(scene: Scene): Promise<Played> {
  const { world, users, witness, clock } = scene;
  // The gateways' clocks are set to the beginning of a turn, so that eu-west lags in every showing.
  await pullNow(world.lab.caddy, ['eu-west']);
  const applied = await asked(scene, 'apply', PLAN, '--key', KEY, '--wait', '--timeout', '5m');
  await enough(users);
  const requests = await users.stop();
  const endedMs = Date.now();
  await witness.stop();
  const [order, after] = [witnessedOrder(witness, POLICY), await readOutcome(world.lab)];
  await asked(scene, 'explain', KEY);
  await asked(scene, 'exposure', KEY);
  const told = await tellOf(world, KEY, new Date(clock.beganMs).toISOString());
  tellUsers(requests);
  tellOrder(order);
  const repeated = await repeatChecks(world, after);
  const checks = { ...checksOf({ applied, order, after, told, requests }), ...repeated };
  const about = { number: 2, title: 'governed', story: STORY };
  const outcome = `the sequence ${told.view.status}; nobody was denied`;
  return accountOf(scene, { about: { ...about, outcome }, told, requests, after, endedMs, checks });
}

async function enough(users: Users): Promise<void> {
  const least = Math.min(...REGIONS.map((region) => faredIn(users.requests())[region].total));
  await users.more(Math.max(25, REQUESTS_A_REGION - least));
}

function tellUsers(requests: readonly UserRequest[]): void {
  const fared = faredIn(requests);
  tell('\nWhat the users met:');
  for (const region of REGIONS)
    tell(`  ${region}  ${fared[region].total} requests, ${fared[region].denied} denied (403)`);
}

function tellOrder(order: WitnessedOrder): void {
  tell('\nThe order, as an independent client that polls all gateways and the flag saw it:');
  for (const [name, at] of Object.entries(order.gateways)) tell(`  ${name.padEnd(9)} first served "${POLICY}"  ${at}`);
  for (const [region, at] of Object.entries(order.flagOn)) tell(`  flag      first on in ${region.padEnd(9)} ${at}`);
}

interface Shown {
  readonly applied: Answered;
  readonly order: WitnessedOrder;
  readonly after: Outcome;
  readonly told: Told;
  readonly requests: readonly UserRequest[];
}

function checksOf({ applied, order, after, told, requests }: Shown): Record<string, boolean> {
  const fared = faredIn(requests);
  const lagging = told.holds.filter(({ step }) => step === 'flag').flatMap(({ reasons }) => reasons);
  return {
    'the sequence completed': applied.code === 0,
    ...allChanged(after),
    'the flag went on only after both eu-west gateways served the policy': order.flagAfterGateways,
    "the flag was held naming eu-west's gateways": ['gw-eu-1', 'gw-eu-2'].every((member) =>
      lagging.some((reason) => reason.scope === 'eu-west' && reason.member === member),
    ),
    [`not one 403 in at least ${REQUESTS_A_REGION} requests of each region`]: REGIONS.every(
      (region) => fared[region].denied === 0 && fared[region].total >= REQUESTS_A_REGION,
    ),
    'the ledger reports no exposure window': told.exposure.windows.length === 0,
  };
}

/** The same intent again, and the same plan as a new sequence: neither writes anything anywhere. */
async function repeatChecks(world: World, after: Outcome): Promise<Record<string, boolean>> {
  tell('\nThe same intent again (same key), then the same plan as a new sequence:');
  const same = await ask(world, 'apply', PLAN, '--key', KEY, '--wait', '--timeout', '1m');
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

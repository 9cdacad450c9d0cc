import { join } from 'node:path';
import { isOver, type MutationItem, type SequenceView } from '@causeway/console-api';
import type { World } from '../../governed/world';
import { waitUntil } from '../../processes/wait-until';
import { GATEWAYS, REGIONS } from '../../systems/regions';
import { mapRole, pullNow, switchFlag } from '../../teams/teams';
import { faredIn, type UserRequest } from '../../witness/users';
import { askJson, type Answered } from '../ask';
import type { Clock } from '../clock';
import { readOutcome, type Outcome } from '../outcome';
import { regionsMatch, snapshotOf, tellSnapshot } from '../snapshot';
import { heading, tell } from '../tell';
import type { Played } from './act';
import { accountOf, allChanged, asked, onStage, POLICY, type Scene } from './governed';
import { deniedIn, deniedOutside, mutationsSince, tellOf, type Told } from './told';

const PLAN = join('examples', 'auditor-role', 'plan-on-resume.yaml');
const KEY = 'CHG-4712';
const WITHIN_MS = 90_000;
/** A change by hand has to be in the ledger, classed, within this. */
const CLASSED_WITHIN_MS = 5_000;

interface GoneAround {
  readonly mutation: MutationItem;
  /** From before the call that made it to its class being readable, milliseconds. */
  readonly afterMs: number;
}

/** Governed, and people go around it: both are seen, classed, held and decided; the ledger keeps the two regions' different paths. */
export function actThree(world: World): Promise<Played> {
  heading('ACT 3: governed, and people go around it');
  tell(`The plan is declared ahead of its time (${PLAN}, start: on-resume). The teams are as helpful as in act 1.`);
  return onStage(world, async (scene) => {
    const around = await goAround(scene);
    await scene.users.more(25);
    return account(scene, around, await scene.users.stop());
  });
}

async function goAround(scene: Scene): Promise<Record<'role' | 'flag', GoneAround>> {
  const { world, clock } = scene;
  const { lab } = world;
  await asked(scene, 'apply', PLAN, '--key', KEY);
  clock.say('idp-team: gives the role with its own account, ahead of schedule');
  const role = await byHand(world, 'idp', () => mapRole(lab.keycloak, 'given'));
  clock.say(`the ledger has it as ${role.mutation.class}, ${role.afterMs} ms after it was made`);
  await asked(scene, 'mutations', '--unexplained', '--since', sinceBegan(clock));
  await asked(scene, 'explain', KEY);
  // The gateways' clocks are set to the beginning of a turn, so that eu-west lags long enough in every showing.
  await pullNow(lab.caddy, ['eu-west']);
  await asked(scene, 'resume', KEY, '--accept-all', '--reason', 'the role alone opens nothing; begin as planned');
  await waitUntil('us-east serves the new policy', WITHIN_MS, () => servedInUsEast(scene));
  clock.say(`${lab.unleash.team.name}: sees us-east served and switches the flag on by hand, everywhere`);
  const flag = await byHand(world, 'flags', () => switchFlag(lab.unleash, 'on'));
  clock.say(`the ledger has it as ${flag.mutation.class}, ${flag.afterMs} ms after it was made`);
  await asked(scene, 'explain', KEY);
  await asked(scene, 'exposure', KEY);
  await asked(scene, 'resume', KEY, '--accept-all', '--reason', 'it is on for everybody by now; go on and converge');
  await waitUntil('the sequence has ended', WITHIN_MS, async () =>
    isOver((await askJson<SequenceView>(world, 'status', KEY)).status),
  );
  return { role, flag };
}

/** As people say it: the last so many seconds. */
const sinceBegan = ({ beganMs }: Clock): string => `${Math.ceil((Date.now() - beganMs) / 1_000)}s`;

/** Seen so by us and by the prober: who switches sooner than anybody looked leaves an order that no look can tell. */
async function servedInUsEast({ world, witness }: Scene): Promise<boolean> {
  if (!GATEWAYS['us-east'].every((name) => witness.sightings(name).at(-1)?.value === POLICY)) return false;
  const { steps } = await askJson<SequenceView>(world, 'status', KEY);
  const gateway = steps.find(({ id }) => id === 'gateway');
  return gateway?.scopes.some(({ scope, ready }) => scope === 'us-east' && ready) ?? false;
}

/** Somebody changes a target; resolves once the ledger says what it was. */
async function byHand(world: World, target: string, work: () => Promise<unknown>): Promise<GoneAround> {
  const beganMs = Date.now();
  const since = new Date(beganMs).toISOString();
  await work();
  let found: MutationItem | undefined;
  await waitUntil(`the change at ${target} is classed`, WITHIN_MS, async () => {
    const seen = (await mutationsSince(world, since)).filter((one) => one.target === target && one.by.kind === 'other');
    found = seen.find((one) => one.class !== null && one.match !== null);
    return found !== undefined;
  });
  return { mutation: found as MutationItem, afterMs: Date.now() - beganMs };
}

async function account(
  scene: Scene,
  around: Record<'role' | 'flag', GoneAround>,
  requests: readonly UserRequest[],
): Promise<Played> {
  const { world, clock } = scene;
  const began = new Date(clock.beganMs).toISOString();
  const endedMs = Date.now();
  const after = await readOutcome(world.lab);
  const pathDiff = await asked(scene, 'path', 'diff', 'eu-west', 'us-east', '--run', KEY);
  await asked(scene, 'exposure', KEY);
  await asked(scene, 'mutations', '--unexplained', '--since', sinceBegan(clock));
  await asked(scene, 'outside', '--from', began);
  const told = await tellOf(world, KEY, began);
  tellUsers(told, requests);
  tell('\nAnd the snapshots, as in act 1:');
  tellSnapshot(snapshotOf(after));
  const outcome = `the sequence ${told.view.status}, diverged; both changes by hand are known, with their authors`;
  const about = { number: 3, title: 'governed, and people go around it', story: STORY, outcome };
  const checks = checksOf({ told, around, requests, after, pathDiff });
  return accountOf(scene, { about, told, requests, after, endedMs, checks });
}

function tellUsers(told: Told, requests: readonly UserRequest[]): void {
  const fared = faredIn(requests);
  tell('\nWhat the users met:');
  for (const region of REGIONS) {
    const windows = told.exposure.windows.filter(({ scope }) => scope === region).length;
    const outside = deniedOutside(told, requests, region);
    tell(
      `  ${region}  ${fared[region].total} requests, ${fared[region].denied} denied (403): ` +
        `${fared[region].denied - outside} within the ${windows} window(s) of the ledger, ${outside} outside`,
    );
  }
}

interface Shown {
  readonly told: Told;
  readonly around: Record<'role' | 'flag', GoneAround>;
  readonly requests: readonly UserRequest[];
  readonly after: Outcome;
  readonly pathDiff: Answered;
}

function checksOf({ told, around, requests, after, pathDiff }: Shown): Record<string, boolean> {
  const { role, flag } = around;
  const denied = deniedIn(requests, 'eu-west').length;
  return {
    'the early role is classed early, by the identity team':
      role.mutation.class === 'early' && /idp-team/.test(`${role.mutation.actor.name} ${role.mutation.channel.client}`),
    'the flag set by hand is classed early, by the release team':
      flag.mutation.class === 'early' && flag.mutation.actor.name !== null,
    'both were classed in the ledger within 5 s': Math.max(role.afterMs, flag.afterMs) <= CLASSED_WITHIN_MS,
    'users in eu-west were denied, in us-east nobody': denied > 0 && deniedIn(requests, 'us-east').length === 0,
    [`every one of the ${denied} denials lies within an exposure window of the ledger`]:
      deniedOutside(told, requests, 'eu-west') === 0,
    'no window is reported where nobody saw one (us-east)': told.exposure.windows.every(
      ({ scope }) => scope === 'eu-west',
    ),
    'the two regions went different ways, and the ledger says how': pathDiff.code === 1,
    'the flag step found it already so, and wrote nothing':
      told.view.steps.find(({ id }) => id === 'flag')?.changed === false,
    'the sequence completed and is marked as diverged': told.view.status === 'completed' && told.view.diverged,
    ...allChanged(after),
    'at the end the regions match in all four systems': regionsMatch(snapshotOf(after)),
  };
}

const STORY = [
  'The plan is declared before its time, so everybody can know it. The identity team gives the role early all the same, with its own account: the ledger has it within seconds, classed as early, with its author, and the sequence waits for a decision.',
  "An operator accepts it and begins. While eu-west's gateways still lag, the release team looks at us-east and switches the flag on by hand. Users in eu-west are turned away, as in act 1. But now it is known at once: what was done, by whom, through what, and which gateways are not there yet.",
  'At the end the systems match, as in act 1. The ledger still tells that the two regions went different ways, for how long eu-west was exposed, and who decided what.',
];

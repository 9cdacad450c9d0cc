import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { CLI_SCRIPT, type World } from '../governed/world';
import { pollWitness } from '../witness/places';
import { distFolder } from '../services/service-process';
import { readOutcome, witnessedOrder, type Outcome, type WitnessedOrder } from './outcome';
import { heading, mustHold, paint, tell } from './tell';

export interface DemoOutcome {
  readonly ok: boolean;
  readonly before: Outcome;
  readonly after: Outcome;
  readonly order: WitnessedOrder;
  readonly ledger: { readonly verify: unknown; readonly accounting: unknown };
  readonly checks: Readonly<Record<string, boolean>>;
}

const PLAN = join('examples', 'auditor-role', 'plan.yaml');
const POLICY = 'auditor';
const KEY = 'CHG-4711';
const WITNESS_EVERY_MS = 100;

/** The plan of the post: identity provider, application, gateways effective in every region, then the flag. */
export async function play(world: World): Promise<DemoOutcome> {
  const before = await readOutcome(world.lab);
  heading('Before: the old state, read from the systems themselves');
  tellOutcome(before);
  const witness = pollWitness({
    gateways: Object.values(world.lab.caddy.gateways),
    flag: world.lab.unleash,
    everyMs: WITNESS_EVERY_MS,
  });
  heading(`causeway apply ${PLAN} --key ${KEY} --wait`);
  const applied = await cliAloud(world, 'apply', PLAN, '--key', KEY, '--wait', '--timeout', '5m');
  const after = await readOutcome(world.lab);
  await witness.stop();
  const order = witnessedOrder(witness, POLICY);
  heading('After: read from the systems themselves, by clients that share no code with Causeway');
  tellOutcome(after);
  const checks = {
    'the sequence completed': applied === 0,
    ...systemChecks(after, order),
    ...(await repeatChecks(world, after)),
  };
  const { ledger, held } = await ledgerChecks(world);
  const all = { ...checks, ...held };
  heading('What must hold');
  const ok = Object.entries(all)
    .map(([what, holds]) => mustHold(what, holds))
    .every(Boolean);
  tellNext();
  return { ok, before, after, order, ledger, checks: all };
}

function tellOutcome({ roles, versions, gateways, flag, writes }: Outcome): void {
  tell(
    `  idp      roles of group auditors: ${roles.join(', ') || 'none'}   (${writes.idp} role-mapping changes in its own history)`,
  );
  tell(
    `  shop     ${Object.entries(versions)
      .map(([region, version]) => `${region} ${version}`)
      .join(', ')}   (${writes.shop} deployments)`,
  );
  tell(
    `  edge     ${Object.entries(gateways)
      .map(([name, { policy, auditStatus }]) => `${name} ${policy} (/api/audit ${auditStatus})`)
      .join(', ')}   (${writes.edge} policy writes)`,
  );
  tell(
    `  flags    ${Object.entries(flag)
      .map(([region, on]) => `${region} ${on ? 'on' : 'off'}`)
      .join(', ')}   (${writes.flags} events by the executor)`,
  );
}

function systemChecks(after: Outcome, order: WitnessedOrder): Record<string, boolean> {
  heading('The order, as a witness that polls all gateways and the flag saw it');
  for (const [name, at] of Object.entries(order.gateways))
    tell(`  ${name.padEnd(9)} first served policy "${POLICY}"  ${at}`);
  for (const [region, at] of Object.entries(order.flagOn))
    tell(`  flag      first on in ${region.padEnd(11)}      ${at}`);
  return {
    'the group has the role': after.roles.includes('policy-reader'),
    'both regions serve version 1.1.0': Object.values(after.versions).every((version) => version === '1.1.0'),
    'all four gateways serve the policy and let auditors in': Object.values(after.gateways).every(
      ({ policy, auditStatus }) => policy === POLICY && auditStatus === 200,
    ),
    'the flag is on in both regions': Object.values(after.flag).every(Boolean),
    'the flag went on only after both eu-west gateways served the policy': order.flagAfterGateways,
  };
}

/** The same intent again, and the same plan as a new sequence: neither writes anything anywhere. */
async function repeatChecks(world: World, after: Outcome): Promise<Record<string, boolean>> {
  heading('The same intent again (same key), then the same plan as a new sequence');
  const same = await cliAloud(world, 'apply', PLAN, '--key', KEY, '--wait', '--timeout', '1m');
  const again = await cliAloud(world, 'apply', PLAN, '--key', `${KEY}-again`, '--wait', '--timeout', '3m');
  const now = await readOutcome(world.lab);
  return {
    'the same intent was recognised': same === 0,
    'the new sequence found every step already so': again === 0,
    'neither wrote anything at any system': JSON.stringify(now.writes) === JSON.stringify(after.writes),
  };
}

async function ledgerChecks(world: World): Promise<{ ledger: DemoOutcome['ledger']; held: Record<string, boolean> }> {
  const file = join(world.runDir, 'ledger.jsonl');
  heading('The ledger: every message accounted for, exported, and verified offline');
  const accounting = await world.accounting('--settle', '20s');
  tell(accounting.stdout.trimEnd());
  const exported = await cliAloud(world, 'export', '--out', file);
  const verified = await cliAloud(world, 'verify', file);
  const asJson = await world.causeway('verify', file, '--output', 'json');
  return {
    ledger: { verify: JSON.parse(asJson.stdout || 'null') as unknown, accounting: accounting.stdout },
    held: {
      'produced = in ledger + duplicates + parked, for every partition': accounting.code === 0,
      'the export verifies offline': exported === 0 && verified === 0,
    },
  };
}

function tellNext(): void {
  heading('What to try next');
  tell('  npm run demo -- --keep        leave everything running, and ask it things:');
  tell(paint.dim('    causeway explain CHG-4711      why each gate opened or stayed closed'));
  tell(paint.dim('    causeway history edge          what happened at the gateways, by whom'));
  tell('  README.md                     a first plan of your own in five minutes');
}

/** Runs the CLI with its output on this terminal; gives its exit code. */
function cliAloud({ cliEnv }: World, ...args: string[]): Promise<number> {
  const child = spawn(process.execPath, [join(distFolder(), CLI_SCRIPT), ...args], {
    env: { ...process.env, ...cliEnv },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

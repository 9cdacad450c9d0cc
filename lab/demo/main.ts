import { writeFileSync } from 'node:fs';
import { govern, setStage, type Stage, type World } from '../governed/world';
import { stay } from '../processes/stay';
import { restoreOldState } from '../teams/old-state';
import type { Played } from './acts/act';
import { actOne } from './acts/act-one';
import { actThree } from './acts/act-three';
import { actTwo } from './acts/act-two';
import { closeTheBooks, type Books } from './books';
import { putBack } from './acts/interlude';
import { readFlags, type Flags } from './flags';
import { page } from './report/page';
import { heading, paint, tell } from './tell';

/** eu-west's gateways ask for their policy so seldom, seconds: long enough to see what happens meanwhile. */
const EU_WEST_DELAY_SECONDS = 14;

/** `npm run demo`: the incident of the post on real systems, in three acts, from nothing to a verified ledger and a report. */
async function main(): Promise<number> {
  const flags = readFlags(process.argv.slice(2));
  const startedMs = Date.now();
  const say = (line: string): void => tell(paint.dim(line));
  heading('Setting the stage: a broker, a database, and four systems of different vendors');
  const stage = await setStage({ say, euWestDelaySeconds: EU_WEST_DELAY_SECONDS });
  stopOnSignals(stage);
  try {
    tell(`everything is up after ${seconds(startedMs)} s`);
    const first = await actOne(stage.lab);
    tell(paint.dim('\nThe teams put everything back by hand.'));
    await restoreOldState(stage.lab);
    const world = await govern(stage, { say });
    const second = await actTwo(world);
    await putBack(world);
    const third = await actThree(world);
    const acts = [first, second, third];
    const books = await closeTheBooks(world, acts);
    const ok = acts.every(({ held }) => held) && books.held;
    write(flags, acts, books, startedMs);
    tellNext();
    tell(
      ok
        ? paint.good(`\nDone in ${seconds(startedMs)} s: all held.`)
        : paint.bad('\nSomething did not hold; see above.'),
    );
    if (flags.keep) await keepRunning(world);
    return ok ? 0 : 1;
  } finally {
    tell(paint.dim('stopping everything that was started ...'));
    await stage.stop();
  }
}

const seconds = (sinceMs: number): string => ((Date.now() - sinceMs) / 1_000).toFixed(0);

function write(flags: Flags, acts: readonly Played[], books: Books, startedMs: number): void {
  const durationMs = Date.now() - startedMs;
  const ledger = { entries: books.entries, root: books.root, verified: books.held };
  const report = { madeAt: new Date().toISOString(), durationMs, acts: acts.map(({ picture }) => picture), ledger };
  writeFileSync(flags.report, page(report));
  tell(`\nThe report, with a picture of each act: ${flags.report}`);
  if (flags.json) writeFileSync(flags.json, `${JSON.stringify(outcomeOf(acts, books, durationMs), null, 2)}\n`);
}

const outcomeOf = (acts: readonly Played[], books: Books, durationMs: number) => ({
  acts: acts.map(({ facts, picture }) => ({
    ...facts,
    requests: Object.fromEntries(
      picture.users.map(({ region, servedAt, deniedAt }) => [
        region,
        { total: servedAt.length + deniedAt.length, denied: deniedAt.length },
      ]),
    ),
    checks: picture.checks,
  })),
  ledger: { entries: books.entries, root: books.root, verify: books.verify },
  durationMs,
});

function tellNext(): void {
  heading('What to try next');
  tell('  npm run demo -- --keep        leave everything running, and ask it things:');
  tell(paint.dim('    causeway explain CHG-4712               why each gate opened or stayed closed'));
  tell(paint.dim('    causeway path diff eu-west us-east      where the regions went different ways'));
  tell(paint.dim('    causeway history edge                   what happened at the gateways, by whom'));
  tell(paint.dim('    causeway doctor                         is all of it well? (kill something, then ask)'));
  tell('  README.md                     a first plan of your own in five minutes');
}

/** Ctrl-C, or being ended, takes everything that was started along. */
function stopOnSignals(stage: Stage): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      tell('stopping ...');
      void stage.stop().finally(() => process.exit(130));
    });
  }
}

async function keepRunning({ lab, services, kafka, cliEnv, runDir }: World): Promise<never> {
  await restoreOldState(lab);
  heading('Everything keeps running until Ctrl-C');
  tell(`  console      ${services.consoleUrl}    (OpenAPI: ${services.consoleUrl}/v1/openapi.json)`);
  tell(`  Kafka        ${kafka.brokers}`);
  tell(`  Keycloak     ${lab.keycloak.url}`);
  tell(`  Unleash      ${lab.unleash.url}`);
  for (const { name, url } of Object.values(lab.caddy.gateways)) tell(`  ${name.padEnd(12)} ${url}`);
  tell(`  logs         ${runDir}`);
  tell('\nIn another shell:');
  for (const [name, value] of Object.entries(cliEnv)) tell(`  export ${name}=${value}`);
  tell('  node dist/apps/cli/src/main.js status');
  return stay();
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);

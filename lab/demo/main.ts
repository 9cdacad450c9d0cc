import { writeFileSync } from 'node:fs';
import { startWorld, type World } from '../governed/world';
import { play, type DemoOutcome } from './play';
import { heading, paint, tell } from './tell';

/**
 * `npm run demo`: the plan of the post on real systems, from nothing to a verified ledger.
 *   --keep        leaves everything running and prints the addresses
 *   --json FILE   writes the outcome
 */
interface Flags {
  readonly keep: boolean;
  readonly json: string | null;
}

function readFlags(args: readonly string[]): Flags {
  const at = args.indexOf('--json');
  const json = at >= 0 ? (args[at + 1] ?? null) : null;
  const unknown = args.filter((arg, i) => arg !== '--keep' && arg !== '--json' && !(at >= 0 && i === at + 1));
  if (unknown.length > 0 || (at >= 0 && json === null)) {
    process.stderr.write('usage: npm run demo -- [--keep] [--json FILE]\n');
    process.exit(64);
  }
  return { keep: args.includes('--keep'), json };
}

async function main(): Promise<number> {
  const flags = readFlags(process.argv.slice(2));
  const startedMs = Date.now();
  heading('Setting the stage: a broker, a database, four systems of different vendors, and Causeway');
  const world = await startWorld({ say: (line) => tell(paint.dim(line)) });
  stopOnSignals(world);
  let outcome: DemoOutcome | null = null;
  try {
    tell(`everything is up after ${((Date.now() - startedMs) / 1000).toFixed(0)} s`);
    outcome = await play(world);
    if (flags.json)
      writeFileSync(flags.json, `${JSON.stringify({ ...outcome, durationMs: Date.now() - startedMs }, null, 2)}\n`);
    if (flags.keep) await keepRunning(world);
  } finally {
    tell(paint.dim('stopping everything that was started ...'));
    await world.stop();
  }
  tell(
    outcome.ok
      ? paint.good(`Done in ${((Date.now() - startedMs) / 1000).toFixed(0)} s: all held.`)
      : paint.bad('Something did not hold; see above.'),
  );
  return outcome.ok ? 0 : 1;
}

/** Ctrl-C, or being ended, takes everything that was started along. */
function stopOnSignals(world: World): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      tell('stopping ...');
      void world.stop().finally(() => process.exit(130));
    });
  }
}

function keepRunning({ lab, services, kafka, cliEnv, runDir }: World): Promise<never> {
  heading('Everything keeps running until Ctrl-C');
  tell(`  console      ${services.consoleUrl}    (OpenAPI: ${services.consoleUrl}/v1/openapi.json)`);
  tell(`  Kafka        ${kafka.brokers}`);
  tell(`  Keycloak     ${lab.keycloak.url}`);
  tell(`  Unleash      ${lab.unleash.url}`);
  for (const { name, url } of Object.values(lab.caddy.gateways)) tell(`  ${name.padEnd(12)} ${url}`);
  tell(`  logs         ${runDir}`);
  tell('\nIn another shell:');
  tell(`  export CAUSEWAY_SERVER=${cliEnv.CAUSEWAY_SERVER} CAUSEWAY_TOKEN=${cliEnv.CAUSEWAY_TOKEN}`);
  tell('  node dist/apps/cli/src/main.js status');
  return new Promise(() => undefined);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);

/** The lab by hand: `lab up` starts broker, database and the four systems, prints where they are, and stays until Ctrl-C. */
import { writeComposeFiles } from '../compose/compose-files';
import { newOwnedFolder } from '../processes/owned-folder';
import { seedUnleash } from '../systems/unleash/seed';
import { startKafka, startLab, startPostgres, type Kafka, type Lab, type Postgres } from '../index';

const USAGE = `Usage: lab up [--eu-west-delay SECONDS]
       lab compose-files
       lab seed-unleash URL ADMIN-TOKEN

Starts Kafka, PostgreSQL, Keycloak, Tomcat, Caddy and Unleash on loopback, without containers where there is no engine,
prints their addresses and accounts as JSON, and stops them all at Ctrl-C.

The other two are for docker-compose.yml: write the files that it mounts, and make the flag and its users.
`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function up(euWestDelaySeconds: number): Promise<void> {
  const runDir = await newOwnedFolder('causeway-lab-');
  say(`logs and data of this run: ${runDir}`);
  const [kafka, postgres] = await Promise.all([startKafka({ dir: runDir, say }), startPostgres({ dir: runDir, say })]);
  const lab = await startLab({ runDir, postgresUrl: postgres.url, say, euWestDelaySeconds });
  process.stdout.write(`${JSON.stringify(addresses(kafka, postgres, lab), withoutProcesses, 2)}\n`);
  say('Up. Ctrl-C stops everything.');
  await interrupted();
  say('stopping ...');
  await lab.stop();
  await Promise.all([kafka.stop(), postgres.stop()]);
}

const addresses = (kafka: Kafka, postgres: Postgres, { keycloak, tomcat, caddy, unleash }: Lab): unknown => ({
  KAFKA_BROKERS: kafka.brokers,
  DATABASE_URL: postgres.url,
  ...{ keycloak, tomcat, caddy, unleash },
});

/** A process is told by its id. */
const withoutProcesses = (key: string, value: unknown): unknown =>
  key === 'process' ? (value as { pid: number }).pid : value;

/** Resolves at the first signal; the second ends the program at once, and its exit ends the children. */
function interrupted(): Promise<void> {
  const staying = setInterval(() => undefined, 60_000);
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        clearInterval(staying);
        process.once(signal, () => process.exit(130));
        resolve();
      });
  });
}

async function main([command, ...args]: string[]): Promise<number> {
  const [first, second, ...more] = args;
  if (command === 'up' && args.length === 0) await up(12);
  else if (command === 'up' && first === '--eu-west-delay' && Number(second) >= 1 && more.length === 0)
    await up(Number(second));
  else if (command === 'compose-files' && args.length === 0) await writeComposeFiles();
  else if (command === 'seed-unleash' && first && second && more.length === 0)
    process.stdout.write(`${JSON.stringify(await seedUnleash(first, second), null, 2)}\n`);
  else return usage(command);
  return 0;
}

function usage(command: string | undefined): number {
  process.stderr.write(USAGE);
  return command === '--help' ? 0 : 64;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);

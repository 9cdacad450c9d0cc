/** The lab by hand: `lab up` starts broker, database and the four systems, prints where they are, and stays until Ctrl-C. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, startLab, startPostgres, type Kafka, type Lab, type Postgres } from '../index';

const USAGE = `Usage: lab up [--eu-west-delay SECONDS]

Starts Kafka, PostgreSQL, Keycloak, Tomcat, Caddy and Unleash on loopback, without containers where there is no engine,
prints their addresses and accounts as JSON, and stops them all at Ctrl-C.
`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function up(euWestDelaySeconds: number): Promise<void> {
  const runDir = mkdtempSync(join(tmpdir(), 'causeway-lab-'));
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

async function main([command, option, seconds = '12', ...more]: string[]): Promise<number> {
  const known = command === 'up' && (option === undefined || option === '--eu-west-delay') && more.length === 0;
  if (!known || !(Number(seconds) >= 1)) {
    process.stderr.write(USAGE);
    return command === '--help' ? 0 : 64;
  }
  await up(Number(seconds));
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);

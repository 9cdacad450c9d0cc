import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlanDocument, TargetDocument } from '@causeway/contracts';
import { createDatabase, runCommandOf, startKafka, startPostgres, startServices, type Services } from '@causeway/lab';
import type { Governed } from '../story';

/** Two targets, each a file with an executor of its own. */
export const SHELVES = ['front', 'back'] as const;
export type Shelf = (typeof SHELVES)[number];
const SCOPES = { us: ['us-1'], eu: ['eu-1'] };
/** So much later than us does eu show what stands on a shelf. */
const EU_LAGS_MS = 300;

/** All of Causeway over targets that cost nothing, with a broker of its own that may be stopped. */
export interface ShelfWorld extends Governed {
  /** The owner of the database. */
  readonly databaseUrl: string;
  readonly folder: string;
  /** While it is true, eu shows what it showed. */
  holdEu(isHeld: boolean): void;
  /** Sets the wall clock of a service, milliseconds from the right time. */
  moveClock(service: string, byMs: number): void;
  /** Lines of the journal, oldest first: `look` or `write`, value, attempt. */
  journal(): string[];
}

const say = (line: string): void => void process.stderr.write(`  ${line}\n`);

export interface ShelfOptions {
  /** The services are started while the broker is away; whoever asks for it starts that again. */
  readonly withoutBroker?: boolean;
}

export async function startShelfWorld(
  more: Readonly<Record<string, Record<string, string>>>,
  { withoutBroker = false }: ShelfOptions = {},
): Promise<ShelfWorld> {
  const runDir = mkdtempSync(join(tmpdir(), 'causeway-shelves-'));
  const folder = join(runDir, 'shelves');
  mkdirSync(folder);
  const stops: (() => unknown)[] = [() => rmSync(runDir, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const members = await serveMembers(folder);
    stops.push(members.close);
    const [kafka, postgres] = await Promise.all([
      startKafka({ dir: runDir, say, isOwn: true }),
      startPostgres({ dir: join(runDir, 'postgres'), say, durable: false }),
    ]);
    stops.push(
      () => postgres.stop(),
      () => kafka.stop(),
    );
    const databaseUrl = await createDatabase(postgres.url, `shelves_${process.pid}_${Date.now().toString(36)}`);
    if (withoutBroker) await kafka.kill();
    const ground = { runDir, folder, brokers: kafka.brokers, databaseUrl, more, members };
    const services = await startOver({ ...ground, mayWait: withoutBroker });
    stops.push(() => services.stop());
    return worldOf({ runDir, folder, kafka, services, databaseUrl, stop }, members.holdEu);
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Ground {
  readonly runDir: string;
  readonly folder: string;
  readonly brokers: string;
  readonly databaseUrl: string;
  readonly more: Readonly<Record<string, Record<string, string>>>;
  readonly members: { readonly base: string };
  readonly mayWait: boolean;
}

const clockFile = (runDir: string, service: string): string => join(runDir, `clock-${service}`);

function startOver({ runDir, folder, brokers, databaseUrl, more, members, mayWait }: Ground): Promise<Services> {
  const targetsDir = join(runDir, 'targets');
  mkdirSync(targetsDir);
  // JSON is YAML.
  for (const name of SHELVES)
    writeFileSync(join(targetsDir, `${name}.yaml`), JSON.stringify(targetOf(name, members.base)));
  const moved = (service: string): Record<string, string> => ({
    NODE_OPTIONS: `--require ${join(process.cwd(), 'test/scenarios/shelf/moved-clock.cjs')}`,
    CLOCK_FILE: clockFile(runDir, service),
    ...more[service],
  });
  return startServices({
    ...{ runDir: join(runDir, 'causeway'), brokers, databaseUrl, topicPrefix: '', targetsDir, say, mayWait },
    executors: SHELVES.map((name) => ({
      name,
      script: 'test/scenarios/shelf/shelf-executor.main.js',
      env: { SHELF_FOLDER: folder, SHELF_NAME: name, CAUSEWAY_OBSERVES: name, ...moved(`executor-${name}`) },
    })),
    more: Object.fromEntries(['sequencer', 'readiness-prober', 'ledger', 'console'].map((name) => [name, moved(name)])),
  });
}

type Parts = Pick<ShelfWorld, 'runDir' | 'folder' | 'kafka' | 'services' | 'databaseUrl' | 'stop'>;

function worldOf(parts: Parts, holdEu: ShelfWorld['holdEu']): ShelfWorld {
  const { services, runDir, folder } = parts;
  const cliEnv = { CAUSEWAY_SERVER: services.consoleUrl, CAUSEWAY_TOKEN: services.token };
  return {
    ...parts,
    ...{ topicPrefix: '', cliEnv, holdEu },
    causeway: (...args) => runCommandOf('apps/cli/src/main.js', args, cliEnv),
    accounting: (...args) => runCommandOf('apps/ledger/src/main.js', ['accounting', ...args], services.ledgerEnv),
    moveClock: (service, byMs) => writeFileSync(clockFile(runDir, service), String(byMs)),
    journal: () => readOr(join(folder, 'journal')).split('\n').slice(0, -1),
  };
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** What users see of the shelves: `/<shelf>/us` and `/<shelf>/eu`. */
async function serveMembers(folder: string) {
  let isHeld = false;
  const shownInEu = new Map<string, string>();
  const seen = (shelf: string, scope: string): string => {
    const value = readOr(join(folder, shelf));
    if (scope === 'us') return value;
    if (!isHeld && value !== shownInEu.get(shelf)) setTimeout(() => shownInEu.set(shelf, value), EU_LAGS_MS);
    return shownInEu.get(shelf) ?? '';
  };
  const server = createServer((request, response) => {
    const [, shelf = '', scope = ''] = (request.url ?? '').split('/');
    response.end(JSON.stringify({ value: seen(shelf, scope) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    holdEu: (held: boolean) => void (isHeld = held),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const targetOf = (shelf: Shelf, base: string): TargetDocument => ({
  apiVersion: 'causeway/v1',
  kind: 'Target',
  metadata: { name: shelf, owner: 'team-shelf' },
  spec: {
    executor: shelf,
    propagation: 'staged',
    rung: 'effective',
    history: 'ordered-ids',
    scopes: SCOPES,
    changes: {
      'put@v1': {
        with: { value: { type: 'string' } },
        capability: 'C',
        show: {
          effective: { probe: 'look', expect: [{ observed: 'body.value', is: 'equals', wanted: { with: 'value' } }] },
        },
      },
    },
    probes: {
      look: {
        ...{ kind: 'http', every: '200ms', timeout: '1s' },
        at: { us: { 'us-1': { url: `${base}/${shelf}/us` } }, eu: { 'eu-1': { url: `${base}/${shelf}/eu` } } },
      },
    },
  },
});

/** One value for both shelves, first the front one. */
export const putOnBoth = (value: string): PlanDocument => ({
  apiVersion: 'causeway/v1',
  kind: 'EvolutionPlan',
  metadata: { name: value, owner: 'team-shelf', reason: `scenario ${value}` },
  spec: {
    scopes: Object.keys(SCOPES),
    steps: SHELVES.map((target) => ({ id: target, target, change: 'put@v1', with: { value } })),
  },
});

/** One value for the front shelf. */
export function putInFront(value: string, name = value): PlanDocument {
  const { spec, metadata, ...plan } = putOnBoth(value);
  return { ...plan, metadata: { ...metadata, name }, spec: { ...spec, steps: spec.steps.slice(0, 1) } };
}

/** Causeway as processes on a real broker and a real database, with hands to break it and to mend it. For the spec of `doctor`. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allTopics, type TopicSettings } from '@causeway/contracts';
import { createDatabase, dropDatabase, startKafka, startPostgres, startServices, type Services } from '@causeway/lab';
import type { Diagnosis, SeenFinding } from '@causeway/self-check';
import { ConfigResourceTypes, Kafka, type Admin } from 'kafkajs';
import { Client } from 'pg';
import { CliRun } from './cli-run';

const TARGET = {
  apiVersion: 'causeway/v1',
  kind: 'Target',
  metadata: { name: 'one', owner: 'team' },
  spec: {
    ...{ executor: 'noop', propagation: 'staged', rung: 'effective', history: 'ordered-ids' },
    scopes: { region: ['member'] },
    changes: {
      'set@v1': {
        with: { value: { type: 'string' } },
        capability: 'C',
        show: {
          effective: { probe: 'look', expect: [{ observed: 'value', is: 'equals', wanted: { with: 'value' } }] },
        },
      },
    },
    probes: { look: { kind: 'instant' } },
  },
};
const PLAN = {
  apiVersion: 'causeway/v1',
  kind: 'EvolutionPlan',
  metadata: { name: 'example', owner: 'team', reason: 'a house at work' },
  spec: {
    scopes: ['region'],
    steps: [{ id: 'one', target: 'one', change: 'set@v1', with: { value: 'new' } }],
  },
};

export class IllHouse {
  private constructor(
    readonly services: Services,
    readonly brokers: string,
    readonly prefix: string,
    readonly databaseUrl: string,
    private readonly planFile: string,
    private readonly owner: Client,
    private readonly admin: Admin,
    private readonly closers: (() => Promise<unknown>)[],
  ) {}

  static async open(): Promise<IllHouse> {
    const dir = mkdtempSync(join(tmpdir(), 'causeway-doctor-'));
    const say = (): void => undefined;
    const kafka = await startKafka({ dir, say });
    const postgres = await startPostgres({ dir, say, durable: false });
    const name = `doctor_${process.pid}_${Date.now()}`;
    const databaseUrl = await createDatabase(postgres.url, name);
    mkdirSync(join(dir, 'targets'));
    // JSON is YAML.
    writeFileSync(join(dir, 'targets', 'one.yaml'), JSON.stringify(TARGET));
    writeFileSync(join(dir, 'plan.yaml'), JSON.stringify(PLAN));
    const services = await startServices({
      ...{ runDir: dir, brokers: kafka.brokers, databaseUrl, topicPrefix: `${name}.`, say },
      targetsDir: join(dir, 'targets'),
      executors: [{ name: 'noop', script: 'bench/noop-executor.js', env: {} }],
      more: { 'readiness-prober': { CAUSEWAY_ALLOW_INSTANT_PROBES: 'true' } },
    });
    const owner = new Client({ connectionString: databaseUrl });
    await owner.connect();
    const admin = new Kafka({ clientId: 'spec', brokers: kafka.brokers.split(',') }).admin();
    await admin.connect();
    return new IllHouse(services, kafka.brokers, `${name}.`, databaseUrl, join(dir, 'plan.yaml'), owner, admin, [
      () => services.stop(),
      () => admin.disconnect(),
      () => owner.end(),
      () => dropDatabase(postgres.url, name),
      () => postgres.stop(),
      () => kafka.stop(),
      async () => rmSync(dir, { recursive: true, force: true }),
    ]);
  }

  async close(): Promise<void> {
    for (const close of this.closers) await close();
  }

  /** A sequence from its intent to its end. */
  async workOnce(): Promise<void> {
    const { consoleUrl, token } = this.services;
    const env = { CAUSEWAY_SERVER: consoleUrl, CAUSEWAY_TOKEN: token };
    const done = await CliRun.start(['apply', this.planFile, '--wait', '--timeout', '30s'], env).end();
    if (done.code !== 0) throw new Error(`the sequence did not end well: ${done.stdout}${done.stderr}`);
  }

  /** A sequence that nobody can bring to its end now: its first command lies on the topic. */
  async beginWork(): Promise<void> {
    const { consoleUrl, token } = this.services;
    await CliRun.start(['apply', this.planFile], { CAUSEWAY_SERVER: consoleUrl, CAUSEWAY_TOKEN: token }).end();
    const isOpen = async (): Promise<boolean> =>
      (await this.owner.query(`select from sequencer.sequence where status = 'open'`)).rowCount === 1;
    for (const deadline = performance.now() + 20_000; !(await isOpen());) {
      if (performance.now() > deadline) throw new Error('the sequence was not accepted');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** `causeway doctor` that asks the services itself. */
  doctor(...args: string[]): Promise<CliRun> {
    return CliRun.start(['doctor', ...args], { CAUSEWAY_SERVICES: this.services.addresses }).end();
  }

  /** The same through the console alone. */
  throughConsole(...args: string[]): Promise<CliRun> {
    const { consoleUrl, token } = this.services;
    return CliRun.start(['doctor', ...args], { CAUSEWAY_SERVER: consoleUrl, CAUSEWAY_TOKEN: token }).end();
  }

  async diagnosis(): Promise<Diagnosis> {
    return JSON.parse((await this.doctor('--json')).stdout) as Diagnosis;
  }

  async ownFindings(service: string): Promise<{ code: number; findings: readonly SeenFinding[] }> {
    const { code, stdout, stderr } = await this.services.doctor(service, '--json');
    if (!stdout.startsWith('{')) throw new Error(`${service} said nothing: ${stderr}`);
    return { code, findings: (JSON.parse(stdout) as Diagnosis).findings };
  }

  /** As whoever owns the tables, and past the ledger's lock. */
  async sql(...statements: string[]): Promise<void> {
    for (const statement of statements) await this.owner.query(statement);
  }

  /** The broker forgets every setting that is not said again. */
  async keepIntentsFor(ms: number): Promise<void> {
    const [intents] = allTopics([]) as [TopicSettings];
    const configEntries = [
      { name: 'retention.ms', value: String(ms) },
      { name: 'cleanup.policy', value: intents.cleanup },
      { name: 'max.message.bytes', value: String(intents.maxMessageBytes) },
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
      { name: 'compression.type', value: 'uncompressed' },
    ];
    const name = this.prefix + intents.name;
    await this.admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name, configEntries }],
    });
  }
}

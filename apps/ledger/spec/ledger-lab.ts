import { allTopics, topicNames, type Entries } from '@causeway/contracts';
import { createDatabase, dropDatabase, Replicas, startKafka, startPostgres } from '@causeway/lab';
import { leavesIn } from '@causeway/ledger-core';
import { createKafkaBus, type EventBus, type RawMessage, type Sealed } from '@causeway/messaging';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { walkWhole } from '../src/commands/check';
import { migrateLedger } from '../src/commands/migrate';
import type { Walked } from '../src/handle/walk-log';
import { cast, EXECUTOR, type Cast, type Told } from './story';

const MAIN = join(__dirname, '..', 'src', 'main.ts');
const HOOK = join(__dirname, 'run-typescript.cjs');

export async function until(fact: () => boolean | Promise<boolean>, what: string, withinMs = 20_000): Promise<void> {
  for (const deadline = performance.now() + withinMs; !(await fact()); await pause(20)) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
  }
}

/** A broker and a database server for all labs of a spec file. */
export async function openGround() {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-ledger-'));
  const say = (): void => undefined;
  const kafka = await startKafka({ dir, say });
  const postgres = await startPostgres({ dir, say });
  return {
    dir,
    brokers: kafka.brokers,
    ownerUrl: postgres.url,
    close: async () => {
      await kafka.stop();
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
export type Ground = Awaited<ReturnType<typeof openGround>>;

let labs = 0;

export interface LedgerProcess {
  readonly child: ChildProcess;
  /** What it has written so far. */
  output(): string;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

/** One ledger with topics, tables and keys of its own; its service runs as a process. */
export class LedgerLab {
  readonly people: Cast;
  private readonly children: ChildProcess[] = [];
  private readonly replicas = new Replicas();

  private constructor(
    private readonly ground: Ground,
    private readonly name: string,
    readonly bus: EventBus,
    readonly owner: Client,
    private readonly ownerUrl: string,
    private readonly env: NodeJS.ProcessEnv,
    people: Cast,
  ) {
    this.people = people;
  }

  static async open(ground: Ground, more: NodeJS.ProcessEnv = {}): Promise<LedgerLab> {
    const name = `ledger_${process.pid}_${Date.now()}_${labs++}`;
    const people = cast(join(ground.dir, name));
    const ownerUrl = await createDatabase(ground.ownerUrl, name);
    const service = new URL(ownerUrl);
    service.username = 'causeway_ledger_spec';
    service.password = 'only-in-specs';
    await migrateLedger(ownerUrl, service.href);
    const env = {
      KAFKA_BROKERS: ground.brokers,
      CAUSEWAY_TOPIC_PREFIX: `${name}.`,
      DATABASE_URL: service.href,
      CAUSEWAY_KEY_FILE: people.keyFile('ledger'),
      CAUSEWAY_TRUST_FILE: people.trustFile,
      CAUSEWAY_EXECUTORS: EXECUTOR,
      LOG_LEVEL: 'info',
      ...more,
    };
    const bus = createKafkaBus({ brokers: [ground.brokers], clientId: 'spec', prefix: `${name}.` });
    await bus.ensureTopics(allTopics([EXECUTOR]));
    const owner = new Client({ connectionString: ownerUrl });
    await owner.connect();
    return new LedgerLab(ground, name, bus, owner, ownerUrl, env, people);
  }

  get topicPrefix(): string {
    return `${this.name}.`;
  }

  async close(): Promise<void> {
    for (const child of this.children) if (child.exitCode === null) child.kill('SIGKILL');
    await this.bus.close();
    await this.owner.end();
    await dropDatabase(this.ground.ownerUrl, this.name);
  }

  /** The service, ready. */
  async start(): Promise<LedgerProcess> {
    const started = this.launch();
    await until(() => answers(started, 'ready'), 'the ledger is ready');
    return started;
  }

  /** One more of the service, once it waits for its place. */
  async startBeside(): Promise<LedgerProcess> {
    const started = this.launch();
    await until(() => started.output().includes('waiting for its place'), 'the second ledger waits');
    return started;
  }

  private launch(): LedgerProcess {
    const child = this.replicas.launch((name) => this.spawn([], name));
    let text = '';
    child.stdout?.on('data', (data) => (text += String(data)));
    child.stderr?.on('data', (data) => (text += String(data)));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    return { child, output: () => text, ended };
  }

  /** A command of the ledger's. */
  async run(...args: string[]): Promise<{ code: number | null; text: string }> {
    const child = this.spawn(args);
    let text = '';
    child.stdout?.on('data', (data) => (text += String(data)));
    child.stderr?.on('data', (data) => (text += String(data)));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, text };
  }

  /** What `check` finds, without a process. */
  walk(): Promise<Walked> {
    return walkWhole({
      DATABASE_URL: this.env.DATABASE_URL as string,
      CAUSEWAY_TRUST_FILE: this.people.trustFile,
      CAUSEWAY_ORIGIN: 'causeway.local/ledger',
    });
  }

  private spawn(args: readonly string[], name: NodeJS.ProcessEnv = {}): ChildProcess {
    const child = spawn(process.execPath, ['-r', HOOK, MAIN, ...args], {
      env: { ...process.env, ...this.env, ...name },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.push(child);
    return child;
  }

  send(told: readonly Told[]): Promise<void> {
    return this.sendSealed(this.people.seal(told));
  }

  /** A topic made a moment ago may have no leader yet. */
  async sendSealed(messages: readonly Sealed[]): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.bus.send(messages);
      } catch (error) {
        if (tries === 10) throw error;
        await pause(200);
      }
    }
  }

  async query<R = Record<string, unknown>>(sql: string, params: unknown[] = []): Promise<R[]> {
    return (await this.owner.query(sql, params)).rows as R[];
  }

  /** A connection as the service has it. */
  async asService(): Promise<Client> {
    const client = new Client({ connectionString: this.env.DATABASE_URL });
    await client.connect();
    await client.query('set search_path = ledger');
    return client;
  }

  async size(): Promise<number> {
    const [row] = await this.query<{ size: string | null }>('select max(size) as size from ledger.head');
    return Number(row?.size ?? 0);
  }

  untilSize(size: number, withinMs?: number): Promise<void> {
    return until(async () => (await this.size()) >= size, `the ledger has ${size} entries`, withinMs);
  }

  /** All of a topic of one partition, from its start to its end now. */
  async read(topic: string): Promise<RawMessage[]> {
    const [mark] = (await this.bus.watermarks([topic])).get(topic) ?? [];
    const wanted = Number((mark?.end ?? 0n) - (mark?.start ?? 0n));
    const messages: RawMessage[] = [];
    const reader = createKafkaBus({ brokers: [this.ground.brokers], clientId: 'spec-reader', prefix: `${this.name}.` });
    await reader.consume({
      groupId: `reader-${labs++}`,
      topics: [topic],
      onBatch: (batch) => {
        messages.push(...batch);
        return { accepted: Promise.resolve() };
      },
      onDead: () => undefined,
    });
    await until(() => messages.length >= wanted, `${wanted} messages of ${topic} read`);
    await reader.close();
    return messages;
  }

  /** Texts of the published entries, each index once, in order of index; and every index in the order it came. */
  async published(): Promise<{ texts: string[]; indices: number[] }> {
    const messages = await this.read(topicNames.ledger);
    const all = messages.flatMap(({ value }) => leavesIn(JSON.parse(String(value)) as Entries).map(({ leaf }) => leaf));
    const indices = all.map(indexOf);
    const first = new Map<number, string>();
    all.forEach((text, i) => first.set(indices[i] as number, first.get(indices[i] as number) ?? text));
    return { texts: [...first.entries()].sort(([a], [b]) => a - b).map(([, text]) => text), indices };
  }

  async untilPublished(size: number): Promise<void> {
    await until(async () => {
      const { texts } = await this.published();
      return texts.length >= size;
    }, `${size} entries published`);
  }
}

export const indexOf = (text: string): number => (JSON.parse(text) as { data: { index: number } }).data.index;

/** Whether it is alive, or ready. Throws with what it wrote when it has ended. */
export async function answers({ child, output }: LedgerProcess, what: 'live' | 'ready'): Promise<boolean> {
  if (child.exitCode !== null) throw new Error(`the ledger ended: ${output()}`);
  const port = /"port":(\d+)/.exec(output())?.[1];
  if (port === undefined) return false;
  try {
    return (await fetch(`http://127.0.0.1:${port}/health/${what}`)).ok;
  } catch {
    return false;
  }
}

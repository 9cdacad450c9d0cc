/** A console in this process, on a real broker and a real database, and a ledger's voice to feed it. For the integration specs. */
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import {
  allTopics,
  DECISION_TYPE,
  INTENT_TYPE,
  topicNames,
  type DecisionMessage,
  type Intent,
} from '@causeway/contracts';
import type { RunningService } from '@causeway/host';
import { createKafkaBus, openRaw, topicIndex, type EventBus, type Sealed } from '@causeway/messaging';
import { loadVerifier } from '@causeway/signing';

const EXECUTORS = ['tester'];
const TOPICS = allTopics(EXECUTORS);
export const TOKEN = 'token-of-a-person';
export const READ_TOKEN = 'token-of-a-screen';

export interface HouseOptions {
  readonly brokers: string;
  readonly databaseUrl: string;
  readonly trustFile: string;
  readonly keyFile: string;
}

/** What is used of the lab; specs hand it in. */
export interface Lab {
  startKafka(options: {
    dir: string;
    say(line: string): void;
  }): Promise<{ readonly brokers: string; stop(): Promise<void> }>;
  startPostgres(options: {
    dir: string;
    say(line: string): void;
    durable: boolean;
  }): Promise<{ readonly url: string; stop(): Promise<void> }>;
  createDatabase(url: string, name: string): Promise<string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export class ConsoleHouse {
  readonly intents: Intent[] = [];
  readonly decisions: DecisionMessage[] = [];
  private readonly prefix = `console-${process.pid}-${Date.now()}.`;
  private readonly bus: EventBus;
  private service: RunningService | null = null;
  private readonly closers: (() => Promise<void>)[] = [];

  constructor(private readonly options: HouseOptions) {
    this.bus = createKafkaBus({ brokers: options.brokers.split(','), clientId: 'spec', prefix: this.prefix });
  }

  /** A house with a broker and a database of its own. */
  static async onLab(
    lab: Lab,
    keys: Pick<HouseOptions, 'trustFile' | 'keyFile'>,
    more: Readonly<Record<string, string>> = {},
  ): Promise<ConsoleHouse> {
    const run = { dir: mkdtempSync(join(tmpdir(), 'causeway-console-lab-')), say: () => undefined };
    const kafka = await lab.startKafka(run);
    const postgres = await lab.startPostgres({ ...run, durable: false });
    const databaseUrl = await lab.createDatabase(postgres.url, `console_${process.pid}_${Date.now()}`);
    const house = new ConsoleHouse({ brokers: kafka.brokers, databaseUrl, ...keys });
    house.closers.push(
      () => kafka.stop(),
      () => postgres.stop(),
    );
    await house.open();
    await house.start(more);
    return house;
  }

  async open(): Promise<void> {
    await this.bus.ensureTopics(TOPICS);
    const door = { verifier: loadVerifier(this.options.trustFile), topics: topicIndex(TOPICS) };
    await this.bus.consume({
      groupId: 'spec',
      topics: [topicNames.intents, topicNames.decisions],
      onDead: () => undefined,
      onBatch: (batch) => {
        for (const raw of batch) {
          const opened = openRaw(raw, door);
          if (opened.kind !== 'message') continue;
          const { message } = opened.received;
          if (message.type === INTENT_TYPE) this.intents.push(message);
          if (message.type === DECISION_TYPE) this.decisions.push(message);
        }
        return { accepted: Promise.resolve() };
      },
    });
  }

  async start(more: Readonly<Record<string, string>> = {}): Promise<void> {
    Object.assign(process.env, this.environment(), more);
    this.service = await freshMain().running;
  }

  async stop(): Promise<void> {
    await this.service?.stop();
    this.service = null;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.bus.close();
    for (const close of this.closers) await close();
  }

  /** Statements on the house's database. */
  async sql(text: string): Promise<void> {
    const client = new Client({ connectionString: this.options.databaseUrl });
    await client.connect();
    await client.query(text);
    await client.end();
  }

  send(messages: readonly Sealed[]): Promise<void> {
    return this.bus.send(messages);
  }

  get url(): string {
    return `http://127.0.0.1:${this.service?.port}`;
  }

  async get(path: string, token: string | null = TOKEN): Promise<Answer> {
    return answerOf(await fetch(`${this.url}${path}`, { headers: bearer(token) }));
  }

  post(body: unknown, headers: Readonly<Record<string, string>>, token: string | null = TOKEN): Promise<Answer> {
    return this.postTo('/v1/intents', body, headers, token);
  }

  async postTo(
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
    token: string | null = TOKEN,
  ): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const init = {
      method: 'POST',
      body: text,
      headers: { 'content-type': 'application/json', ...headers, ...bearer(token) },
    };
    return answerOf(await fetch(`${this.url}${path}`, init));
  }

  async until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
    for (const endsAt = performance.now() + withinMs; !(await holds()); await sleep(25)) {
      if (performance.now() > endsAt) throw new Error(`not within ${withinMs} ms: ${what}`);
    }
  }

  /** Waits until everything up to this size is answered for. */
  async projected(size: number): Promise<void> {
    await this.until(`the checkpoint of size ${size} is projected`, async () => {
      const { body } = await this.get('/v1/ledger/checkpoint');
      return (body as { size?: string }).size === String(size);
    });
  }

  private environment(): Record<string, string> {
    const folder = mkdtempSync(join(tmpdir(), 'causeway-console-'));
    const tokens = [
      { sha256: hashOf(TOKEN), subject: 'team-platform' },
      { sha256: hashOf(READ_TOKEN), subject: 'screen', access: 'read' },
    ];
    writeFileSync(join(folder, 'tokens.json'), JSON.stringify(tokens));
    return {
      KAFKA_BROKERS: this.options.brokers,
      CAUSEWAY_TOPIC_PREFIX: this.prefix,
      DATABASE_URL: this.options.databaseUrl,
      CAUSEWAY_KEY_FILE: this.options.keyFile,
      CAUSEWAY_TRUST_FILE: this.options.trustFile,
      CAUSEWAY_EXECUTORS: EXECUTORS.join(','),
      CAUSEWAY_TOKENS_FILE: join(folder, 'tokens.json'),
      HTTP_PORT: '0',
      LOG_LEVEL: 'error',
      CONSOLE_REBUILD: 'no',
    };
  }
}

/** The process's main file as if it were started anew. */
function freshMain(): { readonly running: Promise<RunningService> } {
  const loaded: { readonly running: Promise<RunningService> }[] = [];
  jest.isolateModules(() => loaded.push(jest.requireActual('../src/main')));
  return loaded[0] as { readonly running: Promise<RunningService> };
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
const bearer = (token: string | null): Record<string, string> =>
  token === null ? {} : { authorization: `Bearer ${token}` };

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && !response.headers.get('content-type')?.includes('jsonl') ? JSON.parse(text) : text,
  };
}

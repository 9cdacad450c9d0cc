/** A sequencer's voice and ears for one executor, and that executor's processes. For the integration specs. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  allTopics,
  commandsTopic,
  COMMAND_TYPE,
  COVERAGE_TYPE,
  MUTATION_TYPE,
  REFUSAL_TYPE,
  RESULT_TYPE,
  topicNames,
  type CommandData,
  type Coverage,
  type Mutation,
  type RefusalReport,
  type Result,
} from '@causeway/contracts';
import { Replicas } from '@causeway/lab';
import {
  createKafkaBus,
  openRaw,
  seal,
  topicIndex,
  type EventBus,
  type Received,
  type Sealed,
} from '@causeway/messaging';
import { Client } from 'pg';
import { generateKeys, loadSigner, loadVerifier, newEventId } from '@causeway/signing';

const EXECUTOR = 'journal';
const TOPICS = allTopics([EXECUTOR]);
const ROOT = join(__dirname, '../../..');

export type Order = Partial<CommandData> & Pick<CommandData, 'with'>;

export class CommandDesk {
  readonly results: Received<Result>[] = [];
  /** As they lie on the topic, each message once: a relay repeats what it does not know to be acknowledged, and every consumer drops that. */
  readonly observations: Received<Mutation | Coverage>[] = [];
  readonly refusals: RefusalReport[] = [];
  log = '';
  readonly folder = mkdtempSync(join(tmpdir(), 'causeway-executor-host-'));
  private readonly prefix = `host-${process.pid}-${Date.now()}.`;
  private readonly bus: EventBus;
  private readonly keys = generateKeys(this.folder, ['sequencer', `executor-${EXECUTOR}`]);
  private readonly children = new Set<ChildProcess>();
  private readonly replicas = new Replicas();

  private constructor(
    private readonly brokers: string,
    private readonly databaseUrl: string,
  ) {
    this.bus = createKafkaBus({ brokers: brokers.split(','), clientId: 'spec', prefix: this.prefix });
  }

  static async open(brokers: string, databaseUrl: string): Promise<CommandDesk> {
    const desk = new CommandDesk(brokers, databaseUrl);
    await desk.bus.ensureTopics(TOPICS);
    await desk.listen();
    return desk;
  }

  /** Starts an executor's process and waits until it takes commands. */
  async start(more: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
    const from = this.log.length;
    const child = this.spawn(more);
    await this.until('the executor starts', () => this.log.slice(from).includes('"msg":"started"'));
    return child;
  }

  spawn(more: NodeJS.ProcessEnv = {}): ChildProcess {
    const args = ['-r', join(__dirname, 'run-typescript.cjs'), join(__dirname, 'journal-executor.main.ts')];
    const child = this.replicas.launch((name) =>
      spawn(process.execPath, args, { cwd: ROOT, env: { ...this.environment(), ...name, ...more } }),
    );
    child.stdout.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    return child;
  }

  keyFileOf(principal: string): string {
    return this.keys.keyFile(principal);
  }

  /** Sends commands, in this order; answers them as they lie on the topic. */
  async send(orders: readonly Order[]): Promise<Sealed[]> {
    const signer = loadSigner(this.keys.keyFile('sequencer'));
    const drafts = orders.map((order) => {
      const data = commandOf(order);
      const common = { topic: commandsTopic(EXECUTOR), type: COMMAND_TYPE, correlationId: `story-${data.sequenceId}` };
      return { ...common, key: data.sequenceId, subject: data.sequenceId, causationIds: [], data };
    });
    const sealed = seal(drafts, { signer, now: Date.now, newId: newEventId });
    await this.sendAgain(sealed);
    return sealed;
  }

  /** The same bytes once more, as a relay does that did not see its acknowledgement. */
  sendAgain(sealed: readonly Sealed[]): Promise<void> {
    return this.bus.send(sealed);
  }

  resultsOf(sequenceId: string): Received<Result>[] {
    return this.results.filter(({ message }) => message.data.sequenceId === sequenceId);
  }

  async firstResultOf(sequenceId: string): Promise<Received<Result>> {
    await this.until(`a result of ${sequenceId}`, () => this.resultsOf(sequenceId).length > 0);
    return this.resultsOf(sequenceId)[0] as Received<Result>;
  }

  /** What happened at the target for a sequence: calls and effects, in order. */
  journalOf(sequenceId: string): string[] {
    const file = join(this.folder, 'journal');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes(sequenceId))
      .map((line) => line.replace(`${sequenceId}/`, ''));
  }

  /** By hand at the executor's tables, as no service would. */
  async sql(text: string): Promise<void> {
    const client = new Client({ connectionString: this.databaseUrl });
    await client.connect();
    await client.query(text);
    await client.end();
  }

  async until(what: string, done: () => boolean, withinMs = 30_000): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!done()) {
      if (performance.now() > deadline)
        throw new Error(`not within ${withinMs} ms: ${what}\n${this.log.slice(-3_000)}`);
      await sleep(20);
    }
  }

  async end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    // One that a failed test left standing hears it only then.
    child.kill('SIGCONT');
    return gone;
  }

  /** Lets them leave their group: a killed member is waited for by the broker. */
  async endAll(): Promise<void> {
    await Promise.all([...this.children].map((child) => this.end(child, 'SIGTERM')));
  }

  async close(): Promise<void> {
    await this.endAll();
    await this.bus.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      KAFKA_BROKERS: this.brokers,
      CAUSEWAY_TOPIC_PREFIX: this.prefix,
      DATABASE_URL: this.databaseUrl,
      CAUSEWAY_KEY_FILE: this.keys.keyFile(`executor-${EXECUTOR}`),
      CAUSEWAY_TRUST_FILE: this.keys.trustFile,
      JOURNAL_FOLDER: this.folder,
    };
  }

  private async listen(): Promise<void> {
    const door = { verifier: loadVerifier(this.keys.trustFile), topics: topicIndex(TOPICS) };
    const take = (opened: ReturnType<typeof openRaw>): void => {
      if (opened.kind === 'parked') throw new Error(`an executor sent what is no message: ${opened.deadLetter.detail}`);
      const { type } = opened.received.message;
      if (type === REFUSAL_TYPE) this.refusals.push(opened.received.message as RefusalReport);
      if (type === RESULT_TYPE) this.results.push(opened.received as Received<Result>);
      const known = this.observations.some(({ message }) => message.id === opened.received.message.id);
      if ((type === MUTATION_TYPE || type === COVERAGE_TYPE) && !known)
        this.observations.push(opened.received as Received<Mutation | Coverage>);
    };
    await this.bus.consume({
      groupId: 'ears',
      topics: [topicNames.results, topicNames.observations, topicNames.refusals],
      onBatch: (batch) => {
        batch.forEach((raw) => take(openRaw(raw, door)));
        return { accepted: Promise.resolve() };
      },
      onDead: (error) => {
        throw error;
      },
    });
  }
}

export const newSequence = newEventId;

const commandOf = (order: Order): CommandData => ({
  sequenceId: newEventId(),
  step: 'put',
  attempt: 1,
  epoch: 1,
  verb: 'apply',
  target: 'folder',
  change: 'put@v1',
  scopes: [{ scope: 'global', members: ['folder'] }],
  planDigest: '0'.repeat(64),
  deadlineMs: 10_000,
  ...order,
});

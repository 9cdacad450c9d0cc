/**
 * A sequencer as a process of its own, on a real broker and a real database, with everybody's voice to speak to it and ears on what
 * it decides. For the integration specs.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  allTopics,
  CLASSIFICATION_TYPE,
  commandsTopic,
  COMMAND_TYPE,
  DEAD_LETTER_TYPE,
  deadLetterTopic,
  RECORD_TYPE,
  topicNames,
  type Classification,
  type Command,
  type DeadLetter,
  type EvolutionRecord,
  type Message,
  type Mutation,
  type MutationData,
  type RecordMessage,
  type Target,
} from '@causeway/contracts';
import { createDatabase, Replicas, startKafka, startPostgres } from '@causeway/lab';
import {
  createKafkaBus,
  openRaw,
  seal,
  topicIndex,
  type Draft,
  type EventBus,
  type Received,
  type Sealed,
} from '@causeway/messaging';
import { generateKeys, loadSigner, loadVerifier, newEventId } from '@causeway/signing';

const EXECUTORS = ['tester', 'other'];
const TOPICS = allTopics(EXECUTORS);
const PRINCIPALS = ['sequencer', 'console', 'publisher-ci', 'readiness-prober', 'executor-tester', 'executor-other'];
const ROOT = join(__dirname, '../../..');
const HEARD = [
  topicNames.records,
  topicNames.probes,
  topicNames.refusals,
  commandsTopic('tester'),
  deadLetterTopic(topicNames.observations),
];

export class SequencerHouse {
  /** All that the sequencer has said, in the order of each key; what came twice counts once. */
  readonly said = new Map<string, Received>();
  log = '';
  private readonly sent = new Map<string, Message>();
  private process: ChildProcess | null = null;
  private readonly prefix = `sequencer-${process.pid}-${Date.now()}.`;
  private readonly bus: EventBus;
  private readonly replicas = new Replicas();
  private readonly keys: ReturnType<typeof generateKeys>;
  private readonly closers: (() => Promise<void>)[] = [];

  private constructor(
    private readonly folder: string,
    private readonly brokers: string,
    private readonly databaseUrl: string,
  ) {
    this.keys = generateKeys(folder, PRINCIPALS);
    this.bus = createKafkaBus({ brokers: brokers.split(','), clientId: 'spec', prefix: this.prefix });
  }

  static async open(targets: Iterable<Target>): Promise<SequencerHouse> {
    const dir = mkdtempSync(join(tmpdir(), 'causeway-sequencer-'));
    const kafka = await startKafka({ dir, say: () => undefined });
    const postgres = await startPostgres({ dir, say: () => undefined, durable: false });
    const databaseUrl = await createDatabase(postgres.url, `sequencer_${process.pid}_${Date.now()}`);
    const house = new SequencerHouse(dir, kafka.brokers, databaseUrl);
    house.closers.push(
      () => kafka.stop(),
      () => postgres.stop(),
    );
    mkdirSync(join(dir, 'targets'));
    // JSON is YAML.
    for (const target of targets)
      writeFileSync(join(dir, 'targets', `${target.metadata.name}.yaml`), JSON.stringify(target));
    await house.bus.ensureTopics(TOPICS);
    await house.listen();
    return house;
  }

  async close(): Promise<void> {
    await this.end('SIGTERM');
    await this.bus.close();
    for (const close of this.closers) await close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Starts the process and waits until it takes messages. */
  async start(): Promise<void> {
    const from = this.log.length;
    const child = this.spawn();
    const isUp = (): boolean => this.log.slice(from).includes('"msg":"started"');
    await this.until('the sequencer starts', () => isUp() || child.exitCode !== null, 60_000);
    if (!isUp()) throw new Error(`the sequencer ended at its start:\n${this.log.slice(from)}`);
  }

  /** One more beside the one that is at work: from now on it is the process of this house. Answers the one before. */
  async startBeside(): Promise<ChildProcess> {
    const before = this.process;
    if (!before) throw new Error('there is none to be beside');
    this.spawn();
    await this.until('the second one waits', () => this.log.includes('waiting for its place'), 60_000);
    return before;
  }

  private spawn(): ChildProcess {
    const args = ['-r', join(ROOT, 'libs/executor-host/spec/run-typescript.cjs'), join(__dirname, '../src/main.ts')];
    const child = this.replicas.launch((name) =>
      spawn(process.execPath, args, { cwd: ROOT, env: { ...this.environment(), ...name } }),
    );
    this.process = child;
    child.stdout.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    return child;
  }

  /** Ends the process and waits until it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.process;
    this.process = null;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  sealed(principal: string, draft: Draft): Sealed {
    const signer = loadSigner(this.keys.keyFile(principal));
    const [sealed] = seal([draft], { signer, now: Date.now, newId: newEventId }) as [Sealed];
    return sealed;
  }

  send(...messages: readonly Sealed[]): Promise<void> {
    for (const { id, value } of messages) this.sent.set(id, JSON.parse(value.toString('utf8')) as Message);
    return this.bus.send(messages);
  }

  /** What was said of a mutation to the sequencer. */
  sentMutation(id: string): MutationData {
    return (this.sent.get(id) as Mutation).data;
  }

  factsOf(sequenceId: string): EvolutionRecord[] {
    return this.heard<RecordMessage>(RECORD_TYPE)
      .filter(({ data }) => data.sequenceId === sequenceId)
      .sort((a, b) => a.data.version - b.data.version)
      .flatMap(({ data }) => data.records);
  }

  /** The stream of a target, in order. */
  classesOf(target: string): Classification[] {
    return this.heard<Classification>(CLASSIFICATION_TYPE)
      .filter(({ data }) => data.target === target)
      .sort((a, b) => a.data.version - b.data.version);
  }

  /** Commands for a step, with the digest that answers have to echo. */
  commandsOf(sequenceId: string, step: string): { readonly message: Command; readonly digest: string }[] {
    return [...this.said.values()].flatMap(({ message, digest }) =>
      message.type === COMMAND_TYPE && message.data.sequenceId === sequenceId && message.data.step === step
        ? [{ message, digest }]
        : [],
    );
  }

  get deadLetters(): DeadLetter[] {
    return this.heard<DeadLetter>(DEAD_LETTER_TYPE);
  }

  heard<M extends Message>(type: M['type']): M[] {
    return [...this.said.values()].flatMap(({ message }) => (message.type === type ? [message as M] : []));
  }

  async until(what: string, holds: () => boolean, withinMs = 30_000): Promise<void> {
    for (const endsAt = performance.now() + withinMs; !holds(); await sleep(10))
      if (performance.now() > endsAt) throw new Error(`not within ${withinMs} ms: ${what}\n${this.log.slice(-3_000)}`);
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      KAFKA_BROKERS: this.brokers,
      CAUSEWAY_TOPIC_PREFIX: this.prefix,
      DATABASE_URL: this.databaseUrl,
      CAUSEWAY_KEY_FILE: this.keys.keyFile('sequencer'),
      CAUSEWAY_TRUST_FILE: this.keys.trustFile,
      CAUSEWAY_EXECUTORS: EXECUTORS.join(','),
      CAUSEWAY_TARGETS: join(this.folder, 'targets'),
      HTTP_PORT: '0',
    };
  }

  private async listen(): Promise<void> {
    const door = { verifier: loadVerifier(this.keys.trustFile), topics: topicIndex(TOPICS) };
    await this.bus.consume({
      groupId: 'spec',
      topics: HEARD,
      onDead: () => undefined,
      onBatch: (batch) => {
        for (const raw of batch) {
          const opened = openRaw(raw, door);
          if (opened.kind === 'message') this.said.set(opened.received.message.id, opened.received);
        }
        return { accepted: Promise.resolve() };
      },
    });
  }
}

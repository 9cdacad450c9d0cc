/**
 * A prober as a process of its own, on a real broker and a real database, with a sequencer's voice to ask it and ears on
 * what it answers. For the integration specs.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  allTopics,
  deadLetterTopic,
  PROBE_TYPE,
  READING_TYPE,
  REFUSAL_TYPE,
  SIGHTING_TYPE,
  topicNames,
  WATCH_END_TYPE,
  WATCH_TYPE,
  type DeadLetter,
  type ProbeData,
  type ReadingMessage,
  type RefusalReport,
  type Sight,
  type Sighting,
  type TargetDocument,
  type WatchData,
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
import { generateKeys, loadSigner, loadVerifier, newEventId } from '@causeway/signing';
import { until } from './until';

const EXECUTORS = ['caddy'];
const TOPICS = allTopics(EXECUTORS);
const MAIN = join(__dirname, '../../../dist/apps/readiness-prober/src/main.js');

export interface HouseOptions {
  /** Comma list. */
  readonly brokers: string;
  readonly databaseUrl: string;
  readonly targets: readonly TargetDocument[];
  readonly credentials?: object;
  readonly allowInstant?: boolean;
}

export class ProberHouse {
  readonly readings: Received<ReadingMessage>[] = [];
  readonly sightings: Received<Sighting>[] = [];
  readonly deadLetters: DeadLetter[] = [];
  readonly refusals: RefusalReport[] = [];
  log = '';
  private process: ChildProcess | null = null;
  private readonly folder = mkdtempSync(join(tmpdir(), 'causeway-prober-'));
  private readonly prefix = `prober-${process.pid}-${Date.now()}.`;
  private readonly bus: EventBus;
  private readonly replicas = new Replicas();

  private constructor(private readonly options: HouseOptions) {
    this.bus = createKafkaBus({ brokers: options.brokers.split(','), clientId: 'spec', prefix: this.prefix });
  }

  static async open(options: HouseOptions): Promise<ProberHouse> {
    const house = new ProberHouse(options);
    house.writeFiles();
    await house.bus.ensureTopics(TOPICS);
    await house.listen();
    return house;
  }

  async close(): Promise<void> {
    await this.end('SIGTERM');
    await this.bus.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Starts the process and waits until it takes messages. */
  async start(): Promise<void> {
    const started = this.log.length;
    const child = this.spawn();
    const isUp = (): boolean => this.log.slice(started).includes('"msg":"started"');
    await this.until('the prober starts', () => isUp() || child.exitCode !== null, 20_000);
    if (!isUp()) throw new Error(`the prober ended at its start:\n${this.log.slice(started)}`);
  }

  /** One more beside the one that is at work: from now on it is the process of this house. Answers the one before. */
  async startBeside(): Promise<ChildProcess> {
    const before = this.process;
    if (!before) throw new Error('there is none to be beside');
    this.spawn();
    await this.until('the second one waits', () => this.log.includes('waiting for its place'), 20_000);
    return before;
  }

  private spawn(): ChildProcess {
    const child = this.replicas.launch((name) =>
      spawn(process.execPath, [MAIN], { env: { ...this.environment(), ...name }, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    this.process = child;
    child.stdout.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    return child;
  }

  /** Ends the process and waits until it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.process;
    this.process = null;
    if (!child || child.exitCode !== null) return child?.exitCode ?? null;
    const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return gone;
  }

  isRunning(): boolean {
    return this.process !== null && this.process.exitCode === null && this.process.signalCode === null;
  }

  /** The sequencer's request, ready to be sent as often as wanted. */
  requests(datas: readonly ProbeData[], principal = 'sequencer'): Sealed[] {
    return this.sealed(PROBE_TYPE, datas, principal);
  }

  /** The request for a watch, ready to be sent as often as wanted. */
  watchRequest(data: WatchData): Sealed {
    const [sealed] = this.sealed(WATCH_TYPE, [data]) as [Sealed];
    return sealed;
  }

  /** The word that the sequence of a watch has ended. */
  watchEnd({ id, key }: Sealed): Sealed {
    const [sealed] = this.sealed(WATCH_END_TYPE, [{ sequenceId: key, epoch: 1, watchId: id }]) as [Sealed];
    return sealed;
  }

  private sealed<D extends { readonly sequenceId: string }>(
    type: string,
    datas: readonly D[],
    principal = 'sequencer',
  ): Sealed[] {
    const signer = loadSigner(join(this.folder, `${principal}.key.json`));
    const drafts = datas.map((data) => ({
      topic: topicNames.probes,
      key: data.sequenceId,
      type,
      subject: data.sequenceId,
      correlationId: `story of ${data.sequenceId}`,
      causationIds: [],
      data,
    }));
    return seal(drafts, { signer, now: Date.now, newId: newEventId });
  }

  send(messages: readonly Sealed[]): Promise<void> {
    return this.bus.send(messages);
  }

  async ask(data: ProbeData): Promise<Sealed> {
    const [sealed] = this.requests([data]) as [Sealed];
    await this.send([sealed]);
    return sealed;
  }

  /** What came for one request, in order; what came twice (it is sent at least once) counts once. */
  answersTo({ id }: Sealed): ReadingMessage[] {
    const ofIt = this.readings.map(({ message }) => message).filter(({ data }) => data.probeId === id);
    return [...new Map(ofIt.map((message) => [message.id, message])).values()];
  }

  /** What was said for one watch, in order; what came twice counts once. */
  saidOf({ id }: Sealed): Sighting[] {
    const ofIt = this.sightings.map(({ message }) => message).filter(({ data }) => data.watchId === id);
    return [...new Map(ofIt.map((message) => [message.id, message])).values()];
  }

  /** The sights of one member in front of one watch, in order. */
  sightsOf(asked: Sealed, member: string): Sight[] {
    return this.saidOf(asked).flatMap(({ data }) => data.sights.filter((sight) => sight.member === member));
  }

  async until(what: string, holds: () => boolean, withinMs = 10_000): Promise<void> {
    await until(what, holds, withinMs, () => this.log.slice(-3_000));
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      KAFKA_BROKERS: this.options.brokers,
      CAUSEWAY_TOPIC_PREFIX: this.prefix,
      DATABASE_URL: this.options.databaseUrl,
      CAUSEWAY_KEY_FILE: join(this.folder, 'readiness-prober.key.json'),
      CAUSEWAY_TRUST_FILE: join(this.folder, 'trust.json'),
      CAUSEWAY_EXECUTORS: EXECUTORS.join(','),
      CAUSEWAY_TARGETS: join(this.folder, 'targets'),
      CAUSEWAY_PROBE_CREDENTIALS: join(this.folder, 'credentials.json'),
      CAUSEWAY_ALLOW_INSTANT_PROBES: String(this.options.allowInstant ?? false),
      HTTP_PORT: '0',
    };
  }

  private writeFiles(): void {
    generateKeys(this.folder, ['sequencer', 'readiness-prober', 'executor-caddy']);
    mkdirSync(join(this.folder, 'targets'));
    // JSON is YAML.
    for (const target of this.options.targets)
      writeFileSync(join(this.folder, 'targets', `${target.metadata.name}.yaml`), JSON.stringify(target));
    writeFileSync(join(this.folder, 'credentials.json'), JSON.stringify(this.options.credentials ?? {}));
  }

  private async listen(): Promise<void> {
    const door = { verifier: loadVerifier(join(this.folder, 'trust.json')), topics: topicIndex(TOPICS) };
    await this.bus.consume({
      groupId: 'spec',
      topics: [topicNames.readings, topicNames.refusals, deadLetterTopic(topicNames.probes)],
      onBatch: (batch) => {
        for (const raw of batch) {
          const opened = openRaw(raw, door);
          if (opened.kind === 'parked')
            throw new Error(`the prober sent something unreadable: ${opened.deadLetter.detail}`);
          const { message } = opened.received;
          if (message.type === READING_TYPE) this.readings.push({ ...opened.received, message });
          else if (message.type === SIGHTING_TYPE) this.sightings.push({ ...opened.received, message });
          else if (message.type === REFUSAL_TYPE) this.refusals.push(message);
          else this.deadLetters.push(message as DeadLetter);
        }
        return { accepted: Promise.resolve() };
      },
      onDead: (error) => {
        this.log += `\nthe spec's consumer died: ${error.message}\n`;
      },
    });
  }
}

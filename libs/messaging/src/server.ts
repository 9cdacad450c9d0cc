import { Catch, type INestApplication, type RpcExceptionFilter } from '@nestjs/common';
import {
  Server,
  type CustomTransportStrategy,
  type MessageHandler,
  type NestMicroservice,
} from '@nestjs/microservices';
import type { TopicSettings } from '@causeway/contracts';
import { newEventId, type Signer, type Verifier } from '@causeway/signing';
import { isObservable, lastValueFrom, throwError, type Observable } from 'rxjs';
import type { Consumption, EventBus, Handed, RawMessage } from './bus';
import { deadLetterDraft } from './dead-letters';
import { openRaw, topicIndex, type Admission, type Door } from './door';
import type { Received, Sealed } from './envelopes';
import { Lane, type LaneItem } from './lane';
import { silentLog, type Log } from './log';
import { Parking } from './parking';
import { pause } from './pause';
import { seal } from './seal';

export interface CausewayServerOptions {
  readonly bus: EventBus;
  readonly verifier: Verifier;
  /** Signs the dead letters. */
  readonly signer: Signer;
  /** Settings of at least every topic that has a handler: `allTopics(executors)` of contracts. Made sure of before anything is taken in. */
  readonly topics: readonly TopicSettings[];
  readonly groupId: string;
  /** Taken by the handler `*` when the topics are not known where the decorator stands (the ledger's). */
  readonly otherTopics?: readonly string[];
  /** What is refused here is parked like anything else that cannot be taken. */
  readonly admission?: Admission;
  readonly log?: Log;
  /** Most messages of one handler call. Default 500. */
  readonly maxBatch?: number;
  /** Longest that a handler call waits for more under load, milliseconds. Default 8. */
  readonly lingerMs?: number;
  readonly paceMs?: number;
  /** Awaited once the topics are there, before anything is taken in; false: the process ends first, and nothing is taken in. */
  before?(): Promise<boolean>;
  /** Called once when the process has to end. Default: logs and exits with 1. */
  onFatal?(error: Error): void;
}

const ANY_TOPIC = '*';

/**
 * Nest's transport over the bus. A handler is a method with `@EventPattern('<topic>')`, or `@EventPattern([a, b], { lane: 'x' })`
 * where topics share one queue and so one transaction. It takes `Received[]`: what came since its last call, each partition
 * in order. Its promise resolves when the effects are durable; only then offsets move. Its error's `retriable: true` repeats the
 * call with the same messages; any other error ends the process rather than skip a message.
 */
export class CausewayServer extends Server implements CustomTransportStrategy {
  private readonly door: Door;
  private readonly log: Log;
  private readonly parking: Parking;
  private readonly lanes = new Map<string, Lane>();
  private laneOfTopic = new Map<string, Lane>();
  private consumption: Consumption | null = null;
  private closing = false;
  private fatal = false;
  readonly counts = { received: 0, parked: 0, handled: 0 };

  constructor(private readonly options: CausewayServerOptions) {
    super();
    const { verifier, topics, admission } = options;
    this.door = { verifier, topics: topicIndex(topics), admission };
    this.log = options.log ?? silentLog;
    const { bus } = options;
    this.parking = new Parking({ bus, log: this.log, pause, isOver: () => this.closing || this.fatal });
  }

  listen(callback: (error?: unknown) => void): void {
    this.consume().then(() => callback(), callback);
  }

  /** Stops taking in, waits for the handlers, commits the offsets. Call it before anything a handler needs is closed. */
  async close(graceMs = 10_000): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    // After a defect nothing is finished any more: there is nothing to wait for.
    await this.consumption?.stop(this.fatal ? 0 : graceMs);
    for (const lane of this.lanes.values()) lane.stop();
  }

  /** Whether it is a member of its group and takes messages. */
  isReady(): boolean {
    return !this.fatal && (this.consumption?.isRunning() ?? false);
  }

  on(): never {
    throw new Error('CausewayServer has no events: use isReady and onFatal');
  }

  unwrap<T>(): T {
    return this.options.bus as T;
  }

  private async consume(): Promise<void> {
    const topics = this.buildLanes();
    if (!(await this.topicsAreThere())) return;
    if ((await this.options.before?.()) === false || this.closing) return;
    const { bus, groupId, paceMs } = this.options;
    this.consumption = await bus.consume({
      groupId,
      topics,
      paceMs,
      onBatch: (batch) => this.take(batch),
      onDead: (error) => this.end(error),
      holdsBack: () => this.parking.isRepeating() || [...this.lanes.values()].some((lane) => lane.retrying),
    });
  }

  /** Waits for the broker as long as it takes; false: the process ends first. */
  private async topicsAreThere(): Promise<boolean> {
    try {
      await this.options.bus.ensureTopics(this.options.topics);
    } catch (error) {
      if (!this.closing) throw error;
    }
    return !this.closing;
  }

  /** The lane of every topic; returns the topics. */
  private buildLanes(): string[] {
    for (const [topic, handler] of this.messageHandlers) {
      const lane = this.lane((handler.extras?.lane as string | undefined) ?? topic, handler);
      if (topic !== ANY_TOPIC) this.laneOfTopic.set(topic, lane);
      else for (const other of this.options.otherTopics ?? []) this.laneOfTopic.set(other, lane);
    }
    const topics = [...this.laneOfTopic.keys()];
    const unknown = topics.filter((topic) => !this.door.topics.has(topic));
    if (unknown.length > 0) throw new Error(`handlers for topics without settings: ${unknown.join(', ')}`);
    if (topics.length === 0)
      throw new Error('no handler: give a method @EventPattern(<topic>) and its class to a module');
    return topics;
  }

  private lane(name: string, handler: MessageHandler): Lane {
    const there = this.lanes.get(name);
    if (there) return there;
    const { maxBatch = 500, lingerMs = 8 } = this.options;
    const handle = (received: Received[]): Promise<unknown> => settled(handler(received));
    const lane = new Lane({
      name,
      handle,
      maxBatch,
      lingerMs,
      log: this.log,
      onFatal: (error) => this.end(error),
    });
    this.lanes.set(name, lane);
    return lane;
  }

  private take(batch: RawMessage[]): Handed {
    const lane = this.laneOfTopic.get((batch[0] as RawMessage).topic) as Lane;
    this.counts.received += batch.length;
    let resolve: () => void = () => undefined;
    const accepted = new Promise<void>((done) => (resolve = done));
    let left = batch.length;
    const handled = (): void => {
      this.counts.handled++;
      if (--left === 0) resolve();
    };
    const { items, refused } = this.sort(batch, handled);
    if (items.length > 0) lane.push(items);
    if (refused.length > 0) void this.park(refused, handled);
    return { accepted };
  }

  private sort(batch: RawMessage[], handled: () => void): { items: LaneItem[]; refused: Sealed[] } {
    const items: LaneItem[] = [];
    const refused: Sealed[] = [];
    for (const raw of batch) {
      const opened = openRaw(raw, this.door);
      if (opened.kind === 'message') items.push({ received: opened.received, handled });
      else {
        const { topic, partition, offset, reason, detail } = opened.deadLetter;
        this.log.warn({ topic, partition, offset, reason }, `message parked: ${detail}`);
        refused.push(
          ...seal([deadLetterDraft(opened.deadLetter)], {
            signer: this.options.signer,
            now: Date.now,
            newId: newEventId,
          }),
        );
      }
    }
    return { items, refused };
  }

  /** Counts as handled only once the dead letters are acknowledged: until then the offset stays. */
  private async park(letters: readonly Sealed[], handled: () => void): Promise<void> {
    if (this.fatal || !(await this.parking.send(letters))) return;
    this.counts.parked += letters.length;
    letters.forEach(handled);
  }

  private end(error: Error): void {
    if (this.fatal || this.closing) return;
    this.fatal = true;
    const { onFatal } = this.options;
    if (onFatal) return onFatal(error);
    this.log.error({ error: error.stack }, error.message);
    process.exit(1);
  }
}

/** Nest wraps a handler's failure in an Observable; a promise is what is asked of it. */
async function settled(returned: Promise<unknown> | Observable<unknown>): Promise<unknown> {
  const value = await returned;
  return isObservable(value) ? lastValueFrom(value, { defaultValue: undefined }) : value;
}

/** Nest's own filter replaces unknown errors by "Internal server error"; the server has to see whether they are retriable. */
@Catch()
class KeepError implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Attaches a server to an application before it starts; `app.startAllMicroservices()` starts the intake. Filters have to be set
 * before the listeners are made, and the application's own start-up hooks must not run a second time: hence by hand.
 */
export function connectMessages(app: INestApplication, server: CausewayServer): void {
  const attached = app.connectMicroservice({ strategy: server }, { deferInitialization: true }) as NestMicroservice;
  attached.useGlobalFilters(new KeepError());
  attached.registerListeners();
  attached.setIsInitialized(true);
  attached.setIsInitHookCalled(true);
}

import {
  commandsTopic,
  COMMAND_TYPE,
  RECORD_TYPE,
  topicNames,
  type Command,
  type EvolutionRecord,
  type Message,
} from '@causeway/contracts';
import type { World } from '@causeway/lab';
import { createKafkaBus, type EventBus, type RawMessage } from '@causeway/messaging';
import { until } from './until';

export const EXECUTORS = ['keycloak', 'tomcat', 'caddy', 'unleash'] as const;

type Kind = EvolutionRecord['kind'];
export type FactOf<K extends Kind> = Extract<EvolutionRecord, { kind: K }>;

interface Heard {
  readonly message: Message;
  readonly atMs: number;
}

/**
 * What the sequencer says, heard on the broker itself: so a moment can be chosen, and waited for, while any of our services is
 * down. Reads along like any subscriber; what is no message is somebody else's matter.
 */
export class Tape {
  private readonly heard: Heard[] = [];
  private readonly ids = new Set<string>();

  private constructor(private readonly bus: EventBus) {}

  static async of(
    { kafka, topicPrefix }: Pick<World, 'kafka' | 'topicPrefix'>,
    executors: readonly string[] = EXECUTORS,
  ): Promise<Tape> {
    const bus = createKafkaBus({ brokers: kafka.brokers.split(','), clientId: 'tape', prefix: topicPrefix });
    const tape = new Tape(bus);
    await bus.consume({
      groupId: 'tape',
      topics: [topicNames.records, ...executors.map(commandsTopic)],
      onBatch: (batch) => tape.take(batch),
      onDead: (error) => {
        throw error;
      },
    });
    return tape;
  }

  /** The fact, once it is decided. */
  fact<K extends Kind>(sequenceId: string, kind: K, more: Partial<FactOf<K>> = {}, withinMs = 90_000) {
    const what = `${kind} ${JSON.stringify(more)} of ${sequenceId}; heard: ${this.kinds(sequenceId).join(', ')}`;
    return until(what, () => this.facts(sequenceId, kind).find(({ fact }) => holds(fact, more)), withinMs);
  }

  facts<K extends Kind>(sequenceId: string, kind: K): { readonly fact: FactOf<K>; readonly atMs: number }[] {
    return this.recordsOf(sequenceId).flatMap(({ fact, atMs }) =>
      fact.kind === kind ? [{ fact: fact as FactOf<K>, atMs }] : [],
    );
  }

  /** Every fact, in the order of its stream. */
  all(sequenceId: string): EvolutionRecord[] {
    return this.recordsOf(sequenceId).map(({ fact }) => fact);
  }

  kinds(sequenceId: string): Kind[] {
    return this.recordsOf(sequenceId).map(({ fact }) => fact.kind);
  }

  /** The order to carry out a step, once it lies on its executor's topic. */
  command(sequenceId: string, step: string, withinMs = 90_000): Promise<Command> {
    return until(
      `command of ${step}`,
      () => this.commands(sequenceId).find(({ data }) => data.step === step),
      withinMs,
    );
  }

  commands(sequenceId: string): Command[] {
    return this.heard.flatMap(({ message }) =>
      message.type === COMMAND_TYPE && message.data.sequenceId === sequenceId ? [message] : [],
    );
  }

  close(): Promise<void> {
    return this.bus.close();
  }

  private recordsOf(sequenceId: string): { readonly fact: EvolutionRecord; readonly atMs: number }[] {
    return this.heard.flatMap(({ message, atMs }) =>
      message.type === RECORD_TYPE && message.data.sequenceId === sequenceId
        ? message.data.records.map((fact) => ({ fact, atMs }))
        : [],
    );
  }

  private take(batch: readonly RawMessage[]): { accepted: Promise<void> } {
    const atMs = Date.now();
    for (const { value } of batch) {
      const message = readable(value);
      // What lies there twice was said once.
      if (!message || this.ids.has(message.id)) continue;
      this.ids.add(message.id);
      this.heard.push({ message, atMs });
    }
    return { accepted: Promise.resolve() };
  }
}

const holds = (fact: object, more: object): boolean =>
  Object.entries(more).every(([name, value]) => fact[name as keyof typeof fact] === value);

function readable(value: Buffer | null): Message | null {
  try {
    const json = JSON.parse(value?.toString('utf8') ?? '') as Message | null;
    const { type, data } = json ?? {};
    return type !== undefined && typeof data === 'object' && 'sequenceId' in data ? json : null;
  } catch {
    return null;
  }
}

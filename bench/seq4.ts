import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  INTENT_TYPE,
  topicNames,
  type PlanDocument,
  type RecordData,
  type ResultData,
  type TargetDocument,
} from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import {
  createKafkaBus,
  seal,
  type Consumption,
  type Draft,
  type EventBus,
  type RawMessage,
} from '@causeway/messaging';
import { loadSigner, newEventId, sha256Hex } from '@causeway/signing';
import { stringify } from 'yaml';

/** The workload: four steps, one target each, one region, an executor and a probe that answer at once. */
export const STEPS = ['one', 'two', 'three', 'four'] as const;

export function writeBenchTargets(dir: string): void {
  mkdirSync(dir, { recursive: true });
  for (const name of STEPS) {
    const document: TargetDocument = {
      apiVersion: 'causeway/v1',
      kind: 'Target',
      metadata: { name, owner: 'bench' },
      spec: {
        executor: 'noop',
        propagation: 'staged',
        rung: 'effective',
        history: 'ordered-ids',
        scopes: { region: ['member'] },
        changes: {
          'set@v1': {
            with: { subject: { type: 'string' }, value: { type: 'string' } },
            // Each sequence changes a resource of its own: on one resource they would have to wait for each other.
            identifiedBy: ['subject'],
            capability: 'C',
            show: {
              effective: { probe: 'look', expect: [{ observed: 'value', is: 'equals', wanted: { with: 'value' } }] },
            },
          },
        },
        probes: { look: { kind: 'instant' } },
      },
    };
    writeFileSync(join(dir, `${name}.yaml`), stringify(document));
  }
}

/** The sequence's input carries 200 bytes of text. */
const PAYLOAD = 'x'.repeat(200);

const planOf = (subject: string): PlanDocument => ({
  apiVersion: 'causeway/v1',
  kind: 'EvolutionPlan',
  metadata: { name: 'seq4', owner: 'bench', reason: PAYLOAD },
  spec: {
    scopes: ['region'],
    steps: STEPS.map((id) => ({ id, target: id, change: 'set@v1', with: { subject, value: 'new' } })),
  },
});

interface Waiting {
  readonly steps: number[];
  resolve(result: { steps: number[] }): void;
  reject(error: Error): void;
}

/**
 * Drives the product through its public topics, as an upstream system would: publishes signed intents, follows results for
 * the moments when steps began, and counts a sequence as done when its durable end is on the records topic.
 */
export class Seq4Driver {
  private readonly waiting = new Map<string, Waiting>();
  private readonly byKey = new Map<string, Waiting>();
  private drafts: Draft[] = [];
  private consumption: Consumption | null = null;
  private scheduled = false;

  private constructor(
    private readonly bus: EventBus,
    private readonly signer: ReturnType<typeof loadSigner>,
    private readonly run: string,
  ) {}

  static async start(options: { brokers: string; prefix: string; keyFile: string; run: string }): Promise<Seq4Driver> {
    const bus = createKafkaBus({ brokers: options.brokers.split(','), prefix: options.prefix, clientId: 'bench' });
    const driver = new Seq4Driver(bus, loadSigner(options.keyFile), options.run);
    driver.consumption = await bus.consume({
      groupId: `bench-${options.run}`,
      topics: [topicNames.records, topicNames.results],
      onDead: (error) => driver.fail(error),
      onBatch: (batch) => {
        for (const message of batch) {
          if (message.topic === topicNames.records) driver.takeRecord(message);
          else driver.takeResult(message);
        }
        return { accepted: Promise.resolve() };
      },
    });
    return driver;
  }

  /** Resolves with the four moments when steps began, once the sequence has durably ended. */
  submit(sequence: number): Promise<{ steps: number[] }> {
    return new Promise((resolve, reject) => {
      const key = `${this.run}-${sequence}`;
      this.byKey.set(key, { steps: [], resolve, reject });
      const plan = planOf(key);
      const data = { key, mode: 'apply', plan, planDigest: sha256Hex(canonicalJson(plan)), requestedBy: 'bench' };
      this.drafts.push({
        topic: topicNames.intents,
        key,
        type: INTENT_TYPE,
        subject: key,
        correlationId: key,
        causationIds: [],
        data,
      });
      if (!this.scheduled) this.schedule();
    });
  }

  async close(): Promise<void> {
    await this.consumption?.stop();
    await this.bus.close();
  }

  /** What was submitted in one turn of the event loop goes out in one send. */
  private schedule(): void {
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      const sealed = seal(this.drafts.splice(0), {
        signer: this.signer,
        now: Date.now,
        newId: newEventId,
        validate: false,
      });
      this.bus.send(sealed).catch((error: Error) => this.fail(error));
    });
  }

  private takeRecord({ value }: RawMessage): void {
    const text = value?.toString('utf8') ?? '';
    if (
      !text.includes('"sequence-accepted"') &&
      !text.includes('"sequence-ended"') &&
      !text.includes('"intent-rejected"')
    )
      return;
    const { sequenceId, records } = (JSON.parse(text) as { data: RecordData }).data;
    for (const record of records) {
      if (record.kind === 'sequence-accepted') this.begin(sequenceId, record.key);
      if (record.kind === 'intent-rejected')
        this.byKey.get(record.key)?.reject(new Error(JSON.stringify(record.problems)));
      if (record.kind === 'sequence-ended') this.end(sequenceId, record.outcome);
    }
  }

  private begin(sequenceId: string, key: string): void {
    const one = this.byKey.get(key);
    this.byKey.delete(key);
    if (one) this.waiting.set(sequenceId, one);
  }

  private end(sequenceId: string, outcome: string): void {
    const one = this.waiting.get(sequenceId);
    this.waiting.delete(sequenceId);
    if (outcome === 'completed') one?.resolve({ steps: one.steps.sort((a, b) => a - b) });
    else one?.reject(new Error(`sequence ${sequenceId} ended ${outcome}`));
  }

  private takeResult({ value }: RawMessage): void {
    const { sequenceId, outcome } = (JSON.parse(value?.toString('utf8') ?? '{}') as { data: ResultData }).data;
    if (outcome.kind === 'applied') this.waiting.get(sequenceId)?.steps.push(Number(outcome.evidence.startedMs));
  }

  private fail(error: Error): void {
    for (const one of [...this.waiting.values(), ...this.byKey.values()]) one.reject(error);
  }
}

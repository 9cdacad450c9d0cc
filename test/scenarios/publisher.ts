import { INTENT_TYPE, sequenceIdSeed, topicNames, uuidFromHash, type PlanDocument } from '@causeway/contracts';
import type { World } from '@causeway/lab';
import { canonicalJson } from '@causeway/ledger-core';
import { createKafkaBus, seal, type Draft, type EventBus } from '@causeway/messaging';
import { loadSigner, newEventId, sha256, sha256Hex, type Signer } from '@causeway/signing';

export const PUBLISHER = 'publisher-ci';

/** An upstream system with a key of its own that publishes intents on the topic, past the console. */
export class Publisher {
  private readonly bus: EventBus;
  readonly signer: Signer;

  constructor({ kafka, topicPrefix, services }: World) {
    this.bus = createKafkaBus({ brokers: kafka.brokers.split(','), clientId: PUBLISHER, prefix: topicPrefix });
    this.signer = loadSigner(services.keyFile(PUBLISHER));
  }

  /** Resolves when the broker has it; gives the id that its sequence will have. */
  async publish(plan: PlanDocument, key: string = plan.metadata.name): Promise<string> {
    await this.bus.send(seal([intentDraft(plan, key)], { signer: this.signer, now: Date.now, newId: newEventId }));
    return uuidFromHash(sha256(Buffer.from(sequenceIdSeed(PUBLISHER, key))));
  }

  close(): Promise<void> {
    return this.bus.close();
  }
}

export const intentDraft = (plan: PlanDocument, key: string): Draft => ({
  topic: topicNames.intents,
  key,
  type: INTENT_TYPE,
  subject: key,
  correlationId: key,
  causationIds: [],
  data: { key, mode: 'apply', plan, planDigest: sha256Hex(canonicalJson(plan)), requestedBy: 'ci' },
});

import { setTimeout as pause } from 'node:timers/promises';
import { INTENT_TYPE, sequenceIdSeed, topicNames, uuidFromHash, type PlanDocument } from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import { createKafkaBus, seal, type EventBus, type Sealed } from '@causeway/messaging';
import { loadSigner, newEventId, sha256, sha256Hex, type Signer } from '@causeway/signing';

/** Principal of the upstream system that publishes past the console. */
export const PUBLISHER = 'publisher-chaos';
const AGAIN_AFTER_MS = 250;

/** An upstream system on the intents topic. What the broker does not acknowledge is sent again, byte for byte. */
export class TopicPublisher {
  private readonly bus: EventBus;
  private readonly signer: Signer;

  constructor(
    options: { readonly brokers: string; readonly prefix: string; readonly keyFile: string },
    private readonly isOver: () => boolean,
  ) {
    this.bus = createKafkaBus({ brokers: options.brokers.split(','), clientId: PUBLISHER, prefix: options.prefix });
    this.signer = loadSigner(options.keyFile);
  }

  /** Resolves once the broker acknowledged it, with the id its sequence will have; null when the run is over before. */
  async publish(plan: PlanDocument, key: string): Promise<string | null> {
    const sealed = this.sealed(plan, key);
    while (!this.isOver()) {
      const isSent = await this.bus.send(sealed).then(
        () => true,
        () => false,
      );
      if (isSent) return uuidFromHash(sha256(Buffer.from(sequenceIdSeed(PUBLISHER, key))));
      await pause(AGAIN_AFTER_MS);
    }
    return null;
  }

  close(): Promise<void> {
    return this.bus.close();
  }

  private sealed(plan: PlanDocument, key: string): readonly Sealed[] {
    const data = {
      key,
      mode: 'apply',
      plan,
      planDigest: sha256Hex(canonicalJson(plan)),
      requestedBy: 'chaos',
    } as const;
    const draft = { topic: topicNames.intents, key, type: INTENT_TYPE, subject: key, correlationId: key };
    return seal([{ ...draft, causationIds: [], data }], { signer: this.signer, now: Date.now, newId: newEventId });
  }
}

import {
  COVERAGE_TYPE,
  DECISION_TYPE,
  INTENT_TYPE,
  MUTATION_TYPE,
  READING_TYPE,
  RESULT_TYPE,
  SIGHTING_TYPE,
  topicNames,
  type Target,
} from '@causeway/contracts';
import type { Received } from '@causeway/messaging';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { Decider } from '../handle/decider';
import type { Pending } from '../handle/pending';
import { TARGETS } from '../tokens';
import { pendingDecision } from './decisions';
import { pendingIntent } from './intents';
import { pendingMutation } from './observations';
import { pendingReading } from './readings';
import { pendingResult } from './results';

const INBOUND = [
  topicNames.intents,
  topicNames.results,
  topicNames.readings,
  topicNames.observations,
  topicNames.decisions,
];

/**
 * Everything that comes in. The topics share one lane, so what has arrived meanwhile, of any sequence, target and kind,
 * is decided in one transaction.
 */
@Controller()
export class Messages {
  constructor(
    @Inject(Decider) private readonly decider: Decider,
    @Inject(TARGETS) private readonly targets: ReadonlyMap<string, Target>,
  ) {}

  @EventPattern(INBOUND, { lane: 'decide' })
  take(batch: Received[]): Promise<void> {
    return this.decider.decideAll(batch.flatMap((received) => this.pendingOf(received)));
  }

  private pendingOf(received: Received): Pending | Pending[] {
    const { message } = received;
    switch (message.type) {
      case INTENT_TYPE:
        return pendingIntent({ ...received, message }, this.targets);
      case RESULT_TYPE:
        return pendingResult({ ...received, message });
      case READING_TYPE:
        return pendingReading({ ...received, message });
      case MUTATION_TYPE:
        return pendingMutation({ ...received, message });
      case DECISION_TYPE:
        return pendingDecision({ ...received, message });
      case SIGHTING_TYPE:
      case COVERAGE_TYPE:
        // What a watch sees opens no gate, what an observer vouches for is no mutation: both are for the ledger.
        return [];
      default:
        throw new Error(`broken invariant: the door let ${message.type} in on ${received.topic}`);
    }
  }
}

import { CHECKPOINT_TYPE } from './checkpoint/current';
import { CLASSIFICATION_TYPE } from './classification/current';
import { COMMAND_TYPE } from './command/current';
import { COVERAGE_TYPE } from './coverage/current';
import { DEAD_LETTER_TYPE } from './dead-letter/current';
import { DECISION_TYPE } from './decision/current';
import { ENTRIES_TYPE } from './entries/current';
import { ENTRY_TYPE } from './entry/current';
import { INTENT_TYPE } from './intent/current';
import { MUTATION_TYPE } from './mutation/current';
import { PROBE_TYPE } from './probe/current';
import { READING_TYPE } from './reading/current';
import { RECORD_TYPE } from './record/current';
import { REFUSAL_TYPE } from './refusal/current';
import { RESULT_TYPE } from './result/current';
import { SIGHTING_TYPE } from './sighting/current';
import { topicNames } from './topics';
import { WATCH_END_TYPE, WATCH_TYPE } from './watch/current';

const COMMANDS = /^causeway\.commands\.[a-z0-9-]+\.v1$/;

/** Whether a message type belongs on a topic. A valid message on the wrong topic is parked. */
export function belongsOn(type: string, topic: string): boolean {
  switch (type) {
    case INTENT_TYPE:
      return topic === topicNames.intents;
    case COMMAND_TYPE:
      return COMMANDS.test(topic);
    case RESULT_TYPE:
      return topic === topicNames.results;
    case PROBE_TYPE:
    case WATCH_TYPE:
    case WATCH_END_TYPE:
      return topic === topicNames.probes;
    case READING_TYPE:
    case SIGHTING_TYPE:
      return topic === topicNames.readings;
    case MUTATION_TYPE:
    case COVERAGE_TYPE:
      return topic === topicNames.observations;
    case DECISION_TYPE:
      return topic === topicNames.decisions;
    case RECORD_TYPE:
    case CLASSIFICATION_TYPE:
      return topic === topicNames.records;
    case REFUSAL_TYPE:
      return topic === topicNames.refusals;
    case ENTRY_TYPE:
    case ENTRIES_TYPE:
      return topic === topicNames.ledger;
    case CHECKPOINT_TYPE:
      return topic === topicNames.checkpoints;
    case DEAD_LETTER_TYPE:
      return topic.endsWith('.dlq');
    default:
      return false;
  }
}

import {
  CLASSIFICATION_TYPE,
  COMMAND_TYPE,
  DECISION_TYPE,
  INTENT_TYPE,
  MUTATION_TYPE,
  parseRecorded,
  READING_TYPE,
  RECORD_TYPE,
  RESULT_TYPE,
  SIGHTING_TYPE,
  WATCH_TYPE,
  type EvolutionRecord,
  type Message,
} from '@causeway/contracts';
import type { SequenceState } from '@causeway/sequence-core';
import { ClaimRules, type ClaimCounts } from './claim-rules';
import { ClassRules, type MutationCounts, type Place } from './class-rules';
import { LateCauses, type Arrival, type LateCounts } from './late-causes';
import { NeededStates } from './needed-states';
import { Broken, type OrderFault } from './order-fault';
import { OrderRules, type OrderCounts } from './order-rules';
import { PathBook, type SequencePaths } from './path-book';

export interface RecordedMessage extends Place {
  readonly type: string;
  readonly value: string;
  /** Causes that it stands before, as the ledger says itself. */
  readonly causeMissing: readonly string[];
}

/** What a ledger that is in order tells. */
export interface Told extends OrderCounts, ClaimCounts, MutationCounts, LateCounts {
  readonly windows: number;
  readonly divergences: number;
  readonly paths: readonly SequencePaths[];
}

const FOLLOWED: ReadonlySet<string> = new Set([
  ...[INTENT_TYPE, COMMAND_TYPE, RESULT_TYPE, READING_TYPE, RECORD_TYPE],
  ...[MUTATION_TYPE, CLASSIFICATION_TYPE, DECISION_TYPE, WATCH_TYPE, SIGHTING_TYPE],
]);

/**
 * The account that a ledger gives, held against itself: the order of what was decided (OrderRules), who had which conflict keys (ClaimRules), the classes of what was seen
 * (ClassRules), and from both the paths (PathBook). What stands before its cause is judged after it (LateCauses). Entries are taken twice, in order: first `foresee` all of them, then `take` all.
 */
export class LedgerAccount {
  private readonly states = new NeededStates();
  private readonly order: OrderRules;
  private readonly claims = new ClaimRules();
  private readonly classes: ClassRules;
  private readonly paths = new PathBook();
  private readonly late = new LateCauses();

  /** @param digestOf SHA-256 as hex of a text's UTF-8 bytes */
  constructor(digestOf: (text: string) => string, sequenceIdFor: (principal: string, key: string) => string) {
    this.classes = new ClassRules(this.states, digestOf);
    const onFact = (sequenceId: string, fact: EvolutionRecord, after: SequenceState, place: Place): void => {
      this.claims.takeFact(sequenceId, fact, after, place);
      this.classes.takeFact(sequenceId, fact, after, place.index);
    };
    this.order = new OrderRules(digestOf, sequenceIdFor, onFact, (id) => this.states.isNeeded(id));
  }

  /** Notes what a later entry needs of an earlier one. What cannot be read is said by `take`. */
  foresee({ type, value }: RecordedMessage): void {
    if (type !== CLASSIFICATION_TYPE) return;
    const parsed = parseRecorded(JSON.parse(value));
    if (parsed.kind === 'message' && parsed.message.type === CLASSIFICATION_TYPE) this.states.need(parsed.message);
  }

  /** Takes the next entry; null when the account is still in order. */
  take(recorded: RecordedMessage): OrderFault | null {
    this.late.note(recorded);
    if (!FOLLOWED.has(recorded.type)) return null;
    const { index, type, value } = recorded;
    const parsed = parseRecorded(JSON.parse(value));
    if (parsed.kind !== 'message')
      return { index, code: 'message-malformed', message: `the recorded ${type} is not of its schema` };
    for (const arrival of this.late.inOrder({ recorded, message: parsed.message })) {
      const fault = this.judge(arrival);
      if (fault) return fault;
    }
    return null;
  }

  private judge({ recorded: { index, recordedAt, value }, message }: Arrival): OrderFault | null {
    try {
      this.follow(message, value, { index, recordedAt });
      return null;
    } catch (error) {
      if (error instanceof Broken) return { index, code: error.code, message: error.message };
      throw error;
    }
  }

  /** After the last entry: what could be judged only now, the lowest index first; `recordedUntil`: when that was recorded. */
  end(recordedUntil: string | null): OrderFault | null {
    const isWhole = this.late.counts.unjudged === 0;
    const ofClaims = this.claims.firstFault(recordedUntil, isWhole);
    const ofClasses = this.classes.firstFault(recordedUntil, isWhole);
    return ofClaims && ofClasses && ofClasses.index < ofClaims.index ? ofClasses : (ofClaims ?? ofClasses);
  }

  get told(): Told {
    const paths = this.paths.told;
    return {
      ...this.order.counts,
      ...this.claims.counts,
      ...this.classes.counts,
      ...this.late.counts,
      windows: paths.reduce((sum, { exposure }) => sum + exposure.windows.length, 0),
      divergences: paths.reduce((sum, { divergences: { plan, scopes } }) => sum + plan.length + scopes.length, 0),
      paths,
    };
  }

  private follow(message: Message, value: string, place: Place): void {
    this.order.take(message, value, place);
    if (message.type === MUTATION_TYPE) this.classes.takeMutation(message, value);
    const mutation = message.type === CLASSIFICATION_TYPE ? this.classes.takeClassification(message, place) : null;
    this.paths.take(message, place.index, mutation);
  }
}

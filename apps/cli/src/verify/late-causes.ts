import { CLASSIFICATION_TYPE, COMMAND_TYPE, RECORD_TYPE, type Message } from '@causeway/contracts';
import type { RecordedMessage } from './ledger-account';

export interface Arrival {
  readonly recorded: RecordedMessage;
  readonly message: Message;
}

export interface LateCounts {
  /** Entries that the ledger recorded without a cause of theirs, after it had waited for it, and says so. */
  readonly lateCauses: number;
  /** Decisions and commands whose cause is not in this export, and those that follow from them: nothing is said of these. */
  readonly unjudged: number;
}

interface Waiting extends Arrival {
  /** Event ids that have to be judged before it. */
  readonly missing: Set<string>;
  readonly line: string | null;
}

/**
 * Puts entries that stand before a cause of theirs after it again: decisions and commands wait for what the ledger declared missing, for
 * causes that wait themselves, and for those before them in their own stream. All else decides nothing and is taken where it stands.
 */
export class LateCauses {
  /** By event id, in the order of the ledger. Empty, but for a ledger that had to give up waiting. */
  private readonly waiting = new Map<string, Waiting>();
  private declared = 0;

  get counts(): LateCounts {
    return { lateCauses: this.declared, unjudged: this.waiting.size };
  }

  /** Notes that an entry declares causes missing, followed or not. */
  note({ causeMissing }: RecordedMessage): void {
    if (causeMissing.length > 0) this.declared++;
  }

  /** What can be judged now that this has come, in order: nothing, itself, or itself and what waited for it. */
  *inOrder(arrival: Arrival): Generator<Arrival> {
    const waits = this.waitsFor(arrival);
    if (waits) return void this.waiting.set(arrival.message.id, waits);
    yield arrival;
    if (this.waiting.size > 0) yield* this.freedBy(arrival.message.id);
  }

  private waitsFor(arrival: Arrival): Waiting | null {
    const { message, recorded } = arrival;
    if (!DECIDED.has(message.type) || (this.waiting.size === 0 && recorded.causeMissing.length === 0)) return null;
    const line = lineOf(message);
    const before = line === null ? [] : [...this.waiting].filter(([, one]) => one.line === line).map(([id]) => id);
    const causes = message.causationIds.filter((id) => this.waiting.has(id));
    const missing = new Set([...recorded.causeMissing, ...causes, ...before]);
    return missing.size > 0 ? { ...arrival, missing, line } : null;
  }

  private *freedBy(id: string): Generator<Arrival> {
    for (let came: string | undefined = id; came !== undefined;) {
      for (const one of this.waiting.values()) one.missing.delete(came);
      const next = [...this.waiting.values()].find(({ missing }) => missing.size === 0);
      came = next?.message.id;
      if (!next) return;
      this.waiting.delete(next.message.id);
      yield next;
    }
  }
}

const DECIDED: ReadonlySet<string> = new Set([RECORD_TYPE, COMMAND_TYPE, CLASSIFICATION_TYPE]);

/** The stream whose order an entry is bound to. */
function lineOf(message: Message): string | null {
  if (message.type === RECORD_TYPE) return message.data.sequenceId;
  return message.type === CLASSIFICATION_TYPE ? message.data.target : null;
}

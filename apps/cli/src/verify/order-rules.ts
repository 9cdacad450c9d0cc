import {
  COMMAND_TYPE,
  DECISION_TYPE,
  INTENT_TYPE,
  principalOf,
  READING_TYPE,
  RECORD_TYPE,
  RESULT_TYPE,
  type Command,
  type DecisionMessage,
  type EvolutionRecord,
  type Intent,
  type Message,
  type ReadingMessage,
  type RecordMessage,
  type Result,
} from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import { ABSENT, evolve, type SequenceState } from '@causeway/sequence-core';
import { isOver, letGo, type Account, type Fact } from './account';
import type { Place } from './class-rules';
import { checkEnded } from './end-rules';
import { closeGate, openGate } from './gate-rules';
import { checkCommanded, checkDecided } from './operator-rules';
import { Broken } from './order-fault';
import { checkAsIntended, checkAsPlanned, checkPreview, orderedBy } from './plan-rules';
import { checkCited } from './result-rules';
import { checkAttempt, checkNotApplied } from './retry-rules';

export interface OrderCounts {
  readonly sequences: number;
  readonly decisions: number;
  readonly gates: number;
}

/**
 * Replays the decisions in an export and holds them against its other entries, sequence by sequence, in ledger order.
 *
 * 1. The records of a sequence are gapless from version 1 and fold (I28). It was accepted as an intent before it asks: its plan, its mode,
 *    and of its steps all that a plan decides; and it ends as its steps are.
 * 2. A step is ordered only after its gate opened, for each attempt anew where evidence ages, and the gate cites every step it needs in every scope (I1).
 * 3. What a gate cites is in the ledger before it, answers the newest request or command of that step, judged again shows it ready, and
 *    is not older than it may be (I2).
 * 4. A command was decided before it appears, with the digest of its bytes, and orders that step as it was accepted; a result was there
 *    before it was believed, from the executor of that step, about the attempt under way, and says what is told of it.
 * 5. An attempt is tried again only when it is known not to have been applied, as often and as late as the plan says.
 * 6. Nothing is ordered while an operator has to decide, nor after an abort; what an operator decided was there before it was followed.
 */
export class OrderRules {
  private readonly accounts = new Map<string, Account>();
  private decisions = 0;
  private gates = 0;

  constructor(
    /** SHA-256 as hex of a text's UTF-8 bytes. */
    private readonly digestOf: (text: string) => string,
    /** Id of the sequence that a publisher's key names. */
    private readonly sequenceIdFor: (principal: string, key: string) => string,
    /** Called with every fact and the state it leads to. */
    private readonly onFact: (sequenceId: string, fact: EvolutionRecord, after: SequenceState, place: Place) => void,
    /** Whether a class that is not judged yet is about a sequence: its whole state is kept then. */
    private readonly isNeeded: (sequenceId: string) => boolean,
  ) {}

  get counts(): OrderCounts {
    return { sequences: this.accounts.size, decisions: this.decisions, gates: this.gates };
  }

  /** Takes the next entry. @throws Broken when the account is no longer in order */
  take(message: Message, value: string, place: Place): void {
    switch (message.type) {
      case INTENT_TYPE:
        return this.takeIntent(message);
      case COMMAND_TYPE:
        return this.checkCommand(message, value);
      case DECISION_TYPE:
        return this.takeDecision(message, value);
      case RESULT_TYPE:
      case READING_TYPE:
        return this.takeEvidence(message, value);
      case RECORD_TYPE:
        return this.replay(message, place);
      default:
    }
  }

  private takeEvidence(message: Result | ReadingMessage, value: string): void {
    const account = this.account(message.data.sequenceId);
    if (!isOver(account)) account.evidence.set(this.digestOf(value), message);
  }

  /** What it settles cites it as others cite a result. */
  private takeDecision(message: DecisionMessage, value: string): void {
    const account = this.account(message.data.sequenceId);
    if (isOver(account)) return;
    account.decisions.set(message.id, message.data);
    if (message.data.settle) account.evidence.set(this.digestOf(value), message);
  }

  private takeIntent({ source, data }: Intent): void {
    const publisher = principalOf(source);
    const { state, intents } = this.account(this.sequenceIdFor(publisher, data.key));
    if (state.status !== 'absent') return;
    intents.push({ publisher, planDigest: this.digestOf(canonicalJson(data.plan)), data });
  }

  private account(sequenceId: string): Account {
    const there = this.accounts.get(sequenceId);
    if (there) return there;
    const made: Account = {
      state: ABSENT,
      opened: new Set(),
      commands: new Map(),
      attempts: new Map(),
      probes: new Map(),
      evidence: new Map(),
      intents: [],
      decisions: new Map(),
    };
    this.accounts.set(sequenceId, made);
    return made;
  }

  private checkCommand({ id, data }: Command, value: string): void {
    const { commands } = this.account(data.sequenceId);
    const decided = commands.get(id);
    if (decided === undefined)
      throw new Broken('command-not-decided', `command ${id} for step ${data.step} was not decided before it`);
    if (decided.fact.commandDigest !== this.digestOf(value))
      throw new Broken('command-not-decided', `command ${id} is not the one that was decided: its digest differs`);
    checkAsPlanned(id, data, decided);
    commands.delete(id);
  }

  private replay({ data }: RecordMessage, place: Place): void {
    const account = this.account(data.sequenceId);
    const version = account.state.status === 'absent' ? 0 : account.state.version;
    if (data.version !== version + 1) {
      throw new Broken(
        'record-out-of-order',
        `sequence ${data.sequenceId}: version ${data.version} follows version ${version}`,
      );
    }
    for (const fact of data.records) {
      this.replayFact(account, fact);
      this.onFact(data.sequenceId, fact, account.state, place);
    }
    this.decisions++;
    if (account.state.status !== 'open') letGo(account, this.isNeeded(data.sequenceId));
  }

  private replayFact(account: Account, fact: EvolutionRecord): void {
    checkFact(account, fact);
    try {
      account.state = evolve(account.state, fact);
    } catch (error) {
      throw new Broken('record-does-not-fold', (error as Error).message);
    }
    if (fact.kind === 'gate-opened') this.gates++;
    if (account.state.status !== 'absent') account.intents.length = 0;
  }
}

function checkFact(account: Account, fact: EvolutionRecord): void {
  switch (fact.kind) {
    case 'sequence-accepted':
      return checkAsIntended(fact, account.intents);
    case 'gate-opened':
      return openGate(account, fact);
    case 'step-commanded':
      return takeOrder(account, fact);
    case 'sequence-ended':
      return checkEnded(account, fact.outcome);
    case 'sequence-resumed':
    case 'sequence-aborted':
    case 'step-settled':
      return checkDecided(account.state, fact, account.decisions);
    case 'step-applied':
    case 'step-not-applied':
    case 'outcome-unknown':
    case 'duplicate-suspected':
    case 'step-previewed':
      if (fact.kind === 'step-not-applied') checkNotApplied(account.state, fact);
      return checkCited(account, fact);
    case 'probe-requested':
      return void account.probes.set(fact.step, fact);
    default:
  }
}

function takeOrder(account: Account, fact: Fact<'step-commanded'>): void {
  const { state } = account;
  checkPreview(state, fact);
  checkCommanded(state, fact);
  checkAttempt(state, fact);
  if (fact.verb === 'apply' && !account.opened.has(fact.step))
    throw new Broken('commanded-before-gate', `step ${fact.step} was ordered though its gate had not opened`);
  if (fact.verb === 'apply') closeGate(account, fact.step);
  const ordered = state.status === 'open' ? orderedBy(state, fact) : undefined;
  if (ordered) account.commands.set(fact.commandId, ordered);
  const { attempt, commandDigest } = fact;
  const before = account.attempts.get(fact.step);
  const commands = before?.attempt === attempt ? [...before.commands, commandDigest] : [commandDigest];
  account.attempts.set(fact.step, { attempt, commands: new Set(commands) });
}

import {
  COMMAND_TYPE,
  DECISION_TYPE,
  INTENT_TYPE,
  READING_TYPE,
  RECORD_TYPE,
  RESULT_TYPE,
  type Command,
  type DecisionData,
  type DecisionMessage,
  type EvolutionRecord,
  type Intent,
  type Message,
  type RecordMessage,
} from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import { ABSENT, evolve, type SequenceState } from '@causeway/sequence-core';
import type { Place } from './class-rules';
import { evidenceProblem, type EvidenceMessage, type Running } from './evidence';
import { checkCommanded, checkDecided, checkSettled } from './operator-rules';
import { Broken, type OrderFaultCode } from './order-fault';
import { checkAttempt, checkNotApplied, isUnanswered } from './retry-rules';

/**
 * Replays the decisions in an export and holds them against its other entries, sequence by sequence, in ledger order.
 *
 * 1. The records of a sequence are gapless from version 1 and fold (I28); its plan is the one of an intent before it.
 * 2. A step is ordered only after its gate opened, and the gate cites every step it needs in every scope (I1).
 * 3. What a gate cites is in the ledger before it and, judged again, shows the step ready.
 * 4. A command was decided before it appears, with the digest of its bytes; a result was there before it was believed.
 * 5. An attempt is tried again only when it is known not to have been applied, as often and as late as the plan says.
 * 6. Nothing is ordered while an operator has to decide, nor after an abort; what an operator decided was there before it was followed.
 */
interface Account {
  state: SequenceState;
  readonly opened: Set<string>;
  /** Digests of commands decided so far, by command id. */
  readonly commands: Map<string, string>;
  /** Readings, results and settlements so far, by digest. Let go when the sequence ends. */
  readonly evidence: Map<string, EvidenceMessage>;
  readonly planDigests: Set<string>;
  /** Operators' decisions so far, by event id. */
  readonly decisions: Map<string, DecisionData>;
}

export interface OrderCounts {
  readonly sequences: number;
  readonly decisions: number;
  readonly gates: number;
}

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
  ) {}

  get counts(): OrderCounts {
    return { sequences: this.accounts.size, decisions: this.decisions, gates: this.gates };
  }

  /** Takes the next entry. @throws Broken when the account is no longer in order */
  take(message: Message, value: string, place: Place): void {
    switch (message.type) {
      case INTENT_TYPE:
        return void this.account(this.sequenceOf(message)).planDigests.add(
          this.digestOf(canonicalJson(message.data.plan)),
        );
      case COMMAND_TYPE:
        return this.checkCommand(message, value);
      case DECISION_TYPE:
        return this.takeDecision(message, value);
      case RESULT_TYPE:
      case READING_TYPE:
        return void this.account(message.data.sequenceId).evidence.set(this.digestOf(value), message);
      case RECORD_TYPE:
        return this.replay(message, place);
      default:
    }
  }

  /** What it settles cites it as others cite a result. */
  private takeDecision(message: DecisionMessage, value: string): void {
    const account = this.account(message.data.sequenceId);
    account.decisions.set(message.id, message.data);
    if (message.data.settle) account.evidence.set(this.digestOf(value), message);
  }

  private sequenceOf = ({ source, data }: Intent): string => this.sequenceIdFor(source.slice(1), data.key);

  private account(sequenceId: string): Account {
    const there = this.accounts.get(sequenceId);
    if (there) return there;
    const made: Account = {
      state: ABSENT,
      opened: new Set(),
      commands: new Map(),
      evidence: new Map(),
      planDigests: new Set(),
      decisions: new Map(),
    };
    this.accounts.set(sequenceId, made);
    return made;
  }

  private checkCommand({ id, data }: Command, value: string): void {
    const decided = this.account(data.sequenceId).commands.get(id);
    if (decided === undefined)
      throw new Broken('command-not-decided', `command ${id} for step ${data.step} was not decided before it`);
    if (decided !== this.digestOf(value))
      throw new Broken('command-not-decided', `command ${id} is not the one that was decided: its digest differs`);
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
  }

  private replayFact(account: Account, fact: EvolutionRecord): void {
    checkFact(account, fact);
    try {
      account.state = evolve(account.state, fact);
    } catch (error) {
      throw new Broken('record-does-not-fold', (error as Error).message);
    }
    if (fact.kind === 'gate-opened') this.gates++;
    if (fact.kind === 'sequence-ended') account.evidence.clear();
  }
}

function checkFact(account: Account, fact: EvolutionRecord): void {
  switch (fact.kind) {
    case 'sequence-accepted':
      if (account.planDigests.has(fact.planDigest)) return;
      throw new Broken('plan-not-the-intended', `no intent before it carries the accepted plan ${fact.planDigest}`);
    case 'gate-opened':
      return openGate(account, fact);
    case 'step-commanded':
      account.commands.set(fact.commandId, fact.commandDigest);
      checkCommanded(account.state, fact);
      checkAttempt(account.state, fact);
      if (fact.verb === 'look-up' || account.opened.has(fact.step)) return;
      throw new Broken('commanded-before-gate', `step ${fact.step} was ordered though its gate had not opened`);
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
      if (fact.kind === 'outcome-unknown' && isUnanswered(account.state, fact)) return;
      if (account.evidence.has(fact.result)) return checkSettled(fact, account.evidence.get(fact.result));
      throw new Broken(
        'result-not-recorded-before',
        `${fact.kind} of step ${fact.step} cites a result that is not in the ledger before it`,
      );
    default:
  }
}

const END = null;

function openGate(account: Account, fact: Extract<EvolutionRecord, { kind: 'gate-opened' }>): void {
  const { state } = account;
  if (state.status !== 'open')
    throw new Broken('record-does-not-fold', `a gate opened in a sequence that is ${state.status}`);
  const problem = missingNeed(state, fact) ?? firstEvidenceProblem(account, state, fact);
  if (problem) throw new Broken(problem.code, problem.message);
  if (fact.step !== END) account.opened.add(fact.step);
}

type Problem = { readonly code: OrderFaultCode; readonly message: string } | null;

/** Every step that the gate waits for is cited, in each of its scopes. */
function missingNeed(state: Running, fact: Extract<EvolutionRecord, { kind: 'gate-opened' }>): Problem {
  const cited = new Set(fact.evidence.flatMap(({ step, scopes }) => scopes.map(({ scope }) => `${step}/${scope}`)));
  const name = fact.step ?? 'the end';
  for (const need of needsOf(state, fact.step)) {
    const frozen = state.acceptance.steps.find(({ id }) => id === need);
    const missing = frozen?.scopes.find(({ scope }) => !cited.has(`${need}/${scope}`));
    if (missing)
      return {
        code: 'gate-without-its-needs',
        message: `the gate of ${name} opened without evidence for ${need} in ${missing.scope}`,
      };
  }
  return null;
}

function needsOf({ acceptance }: Running, gate: string | null): readonly string[] {
  if (gate !== END) return acceptance.steps.find(({ id }) => id === gate)?.needs ?? [];
  const needed = new Set(acceptance.steps.flatMap(({ needs }) => needs));
  return acceptance.steps.map(({ id }) => id).filter((id) => !needed.has(id));
}

function firstEvidenceProblem(
  account: Account,
  state: Running,
  fact: Extract<EvolutionRecord, { kind: 'gate-opened' }>,
): Problem {
  for (const { step, scopes } of fact.evidence) {
    for (const shown of scopes) {
      const problem = evidenceProblem(state, step, shown, (digest) => account.evidence.get(digest));
      if (problem) return problem;
    }
  }
  return null;
}

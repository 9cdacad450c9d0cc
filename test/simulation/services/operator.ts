import { DECISION_TYPE, RECORD_TYPE, topicNames, type DecisionData, type Message } from '@causeway/contracts';
import { seal } from '@causeway/messaging';
import { ABSENT, evolve, type OpenSequence, type SequenceState } from '@causeway/sequence-core';
import type { House } from '../house';
import { simSigner } from '../keys';
import type { SimProcess } from '../process';
import { openDoubts, type Doubt } from './doubts';

const PRINCIPAL = 'console';
const LOOKS_EVERY_MS = { least: 700, most: 1_800 };
/** A decision that has moved nothing for so long is made anew. */
const PATIENCE_MS = 15_000;
const LATE_MS = 20_000;
const SENT_AGAIN_MS = 300;

type Said = Pick<DecisionData, 'verb' | 'accept' | 'settle'>;

/**
 * People at the console: they read the ledger, look at the world where no look-up of ours can tell, and decide. The console's part
 * between them and the topic is not here. Somebody who starts anew knows nothing of what was said before.
 */
export async function bootOperator(house: House, process: SimProcess): Promise<void> {
  const operator = new Operator(house, process);
  for (;;) {
    await pause(house.dice.between(LOOKS_EVERY_MS.least, LOOKS_EVERY_MS.most));
    operator.look();
  }
}

class Operator {
  private readonly states = new Map<string, SequenceState>();
  private read = 0;
  /** What was said, and when. */
  private readonly said = new Map<string, number>();

  constructor(
    private readonly house: House,
    private readonly process: SimProcess,
  ) {}

  look(): void {
    this.readOn();
    for (const [sequenceId, state] of this.states) {
      if (state.status !== 'open') continue;
      for (const doubt of openDoubts(sequenceId, state)) this.settle(doubt, state);
      this.resume(sequenceId, state);
      this.meddle(sequenceId, state);
    }
  }

  /** What the ledger has taken since: records in the order of their versions, what cannot be folded is left alone. */
  private readOn(): void {
    const { arrivals } = this.house.ledger;
    for (; this.read < arrivals.length; this.read++) this.take(arrivals[this.read] as Message);
  }

  private take(message: Message): void {
    if (message.type !== RECORD_TYPE) return;
    const { sequenceId, version, records } = message.data;
    const before = this.states.get(sequenceId) ?? ABSENT;
    if (('version' in before ? before.version : 0) + 1 !== version) return;
    try {
      this.states.set(sequenceId, records.reduce(evolve, before));
    } catch {
      this.states.delete(sequenceId);
    }
  }

  /** By what is in the world, once nothing of the attempt is under way any more. People also err, are hasty, and say things twice. */
  private settle({ sequenceId, step, attempt }: Doubt, state: OpenSequence): void {
    const { house } = this;
    const attemptId = `${sequenceId}/${step}/${attempt}`;
    const target = state.acceptance.steps.find(({ id }) => id === step)?.target ?? '';
    if (!this.isFresh(attemptId)) return;
    const isUnderWay = (house.targets.get(target)?.underWay.get(attemptId) ?? 0) > 0;
    if (isUnderWay && !house.faults.strikes('settled-hastily')) return;
    this.said.set(attemptId, house.time.now);
    const applied = house.journal.some((one) => one.kind === 'write' && one.attemptId === attemptId);
    const isWrong = house.faults.strikes('settled-wrongly');
    const decision: Said = { verb: 'settle', accept: [], settle: { step, applied: applied !== isWrong } };
    const lateMs = house.faults.strikes('settled-late') ? house.dice.between(1_000, LATE_MS) : 0;
    this.say(sequenceId, decision, lateMs);
    if (house.faults.strikes('settled-twice'))
      this.say(sequenceId, decision, lateMs + house.dice.between(0, PATIENCE_MS));
  }

  private resume(sequenceId: string, { begun, mutations }: OpenSequence): void {
    const accept = Object.entries(mutations).flatMap(([id, { holds }]) => (holds ? [id] : []));
    if (begun && accept.length === 0) return;
    if (!this.isFresh(`${sequenceId} ${accept.join()}`)) return;
    this.said.set(`${sequenceId} ${accept.join()}`, this.house.time.now);
    const isHalf = accept.length > 0 && this.house.faults.strikes('accepted-in-part');
    this.say(sequenceId, { verb: 'resume', accept: isHalf ? accept.slice(1) : accept }, 0);
  }

  /** Settling what nobody doubts. */
  private meddle(sequenceId: string, { steps }: OpenSequence): void {
    const { faults, dice } = this.house;
    if (!faults.strikes('settled-though-known')) return;
    const step = dice.pick(Object.keys(steps));
    this.say(sequenceId, { verb: 'settle', accept: [], settle: { step, applied: dice.chance(0.5) } }, 0);
  }

  private isFresh(what: string): boolean {
    const at = this.said.get(what);
    return at === undefined || this.house.time.now - at > PATIENCE_MS;
  }

  private say(sequenceId: string, said: Said, lateMs: number): void {
    const { house, process } = this;
    const data: DecisionData = { sequenceId, ...said, reason: 'looked at it', decidedBy: 'somebody' };
    const about = { key: sequenceId, subject: sequenceId, correlationId: sequenceId, causationIds: [] };
    const draft = { id: house.newId(), topic: topicNames.decisions, type: DECISION_TYPE, ...about, data };
    const sealed = seal([draft], { signer: simSigner(PRINCIPAL), now: () => Date.now(), newId: house.newId });
    const bus = house.broker.open(process);
    const trySending = (): void =>
      void bus.send(sealed).catch(() => void house.time.schedule(SENT_AGAIN_MS, process, trySending));
    house.time.schedule(lateMs, process, trySending);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

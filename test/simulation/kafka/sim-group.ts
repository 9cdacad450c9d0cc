import type { ConsumeOptions } from '@causeway/messaging';
import { OffsetTracker } from '../../../libs/messaging/src/kafka/offset-tracker';
import { begins, diesAfter } from '../ports';
import type { SimProcess } from '../process';
import type { Dice } from '../time/dice';
import type { SimBroker } from './sim-broker';

/** As the services set it: a member that is silent for so long loses its partitions. */
const SESSION_TIMEOUT_MS = 10_000;
const MOST_A_FETCH = 30;
const MOST_IN_FLIGHT = 3;

interface Member {
  readonly process: SimProcess;
  readonly options: ConsumeOptions;
}

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** A partition as one member reads it in one generation of the group. */
interface Assignment extends Place {
  readonly member: Member;
  readonly generation: number;
  readonly tracker: OffsetTracker;
  cursor: number;
  batches: number;
  fetching: boolean;
}

/**
 * A consumer group. A rebalance gives every partition to one member, from the committed offset on; what was handed over and
 * not committed is handed over again. Who was expelled goes on with what it holds, but commits nothing.
 */
export class SimGroup {
  readonly committed = new Map<string, number>();
  private readonly members = new Set<Member>();
  private assignments = new Map<string, Assignment>();
  private generation = 0;
  private rebalancing = false;

  constructor(
    private readonly broker: SimBroker,
    private readonly dice: Dice,
  ) {}

  /** Returns what leaves. */
  join(process: SimProcess, options: ConsumeOptions): () => void {
    const member: Member = { process, options };
    for (const topic of options.topics) this.broker.readBy(topic, this);
    this.members.add(member);
    const leave = (): void => {
      if (this.members.delete(member)) this.rebalance(0);
    };
    const { time } = this.broker.ground;
    process.onDeath(() => time.schedule(this.dice.between(200, SESSION_TIMEOUT_MS), null, leave));
    process.onPause((forMs) => this.fallAsleep(member, forMs, leave));
    this.rebalance(this.dice.between(20, 300));
    return leave;
  }

  endOf({ topic, partition }: Place): number {
    return this.broker.partition(topic, partition).length;
  }

  /** A message was stored. */
  arrived(topic: string, partition: number): void {
    const assignment = this.assignments.get(`${topic}/${partition}`);
    if (assignment) this.pump(assignment);
  }

  private fallAsleep(member: Member, forMs: number, leave: () => void): void {
    if (forMs < SESSION_TIMEOUT_MS) return;
    const { time } = this.broker.ground;
    time.schedule(SESSION_TIMEOUT_MS, null, leave);
    time.schedule(forMs + this.dice.between(50, 500), member.process, () => {
      this.members.add(member);
      this.rebalance(this.dice.between(20, 300));
    });
  }

  private rebalance(inMs: number): void {
    if (this.rebalancing) return;
    this.rebalancing = true;
    this.broker.ground.time.schedule(inMs, null, () => {
      this.rebalancing = false;
      this.assign();
    });
  }

  private assign(): void {
    const members = [...this.members];
    this.generation++;
    this.assignments = new Map();
    const shift = this.dice.int(0, 7);
    for (const [topic, partitions] of this.broker.topics) {
      const able = members.filter(({ options }) => options.topics.includes(topic));
      if (able.length === 0) continue;
      partitions.forEach((_, partition) => {
        const member = able[(partition + shift) % able.length] as Member;
        this.begin({ topic, partition }, member);
      });
    }
  }

  private begin({ topic, partition }: Place, member: Member): void {
    const name = `${topic}/${partition}`;
    const assignment: Assignment = {
      ...{ topic, partition, member, generation: this.generation, tracker: new OffsetTracker() },
      ...{ cursor: this.committed.get(name) ?? 0, batches: 0, fetching: false },
    };
    this.assignments.set(name, assignment);
    this.pump(assignment);
  }

  private pump(assignment: Assignment): void {
    const { topic, partition, member } = assignment;
    const isIdle = !assignment.fetching && assignment.batches < MOST_IN_FLIGHT;
    if (!isIdle || assignment.cursor >= this.broker.partition(topic, partition).length) return;
    const { faults, time } = this.broker.ground;
    assignment.fetching = true;
    const delayMs = faults.strikes('fetch-delayed') ? this.dice.between(100, 8_000) : 0;
    time.schedule(this.dice.between(1, 8) + delayMs, member.process, () => this.fetched(assignment));
  }

  private fetched(assignment: Assignment): void {
    assignment.fetching = false;
    if (assignment.generation !== this.generation) return;
    const { faults, time } = this.broker.ground;
    if (this.broker.isAway()) {
      assignment.fetching = true;
      time.schedule(500, assignment.member.process, () => this.fetched(assignment));
      return;
    }
    if (faults.strikes('rebalance')) this.rebalance(this.dice.between(0, 100));
    this.hand(assignment);
    this.pump(assignment);
  }

  private hand(assignment: Assignment): void {
    const { topic, partition, cursor, member, tracker } = assignment;
    const batch = this.broker.partition(topic, partition).slice(cursor, cursor + this.dice.int(1, MOST_A_FETCH));
    if (batch.length === 0) return;
    assignment.cursor += batch.length;
    assignment.batches++;
    const ticket = tracker.begin(String(assignment.cursor - 1), batch.length, 0);
    void member.options.onBatch(batch).accepted.then(() => {
      tracker.finish(ticket);
      assignment.batches--;
      this.broker.ground.time.schedule(this.dice.between(1, 200), member.process, () => this.commit(assignment));
    });
  }

  /** Nobody waits for it: a commit that fails is made again with the next one. */
  private commit(assignment: Assignment): void {
    const { topic, partition, tracker, member } = assignment;
    if (assignment.generation !== this.generation) return;
    const { ground } = this.broker;
    const reached = tracker.toCommit();
    if (reached !== null) {
      const begun = begins(ground, { process: member.process, kind: 'offset-commit', of: topic });
      if (begun.isDead) return;
      const isLost = begun.twin === 'not-done' || ground.faults.strikes('offset-commit-lost');
      if (!isLost) this.committed.set(`${topic}/${partition}`, Number(reached));
      if (!isLost && !begun.twin) tracker.committed(reached);
      if (diesAfter(ground, member.process, begun)) return;
    }
    this.pump(assignment);
  }
}

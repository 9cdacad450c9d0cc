import type { WatchData } from '@causeway/contracts';
import type { Clock } from '@causeway/host';
import { Alarm } from '../handle/alarm';
import type { Place } from '../look/plan-looks';
import type { OpenWatch, Sighted } from './open-watch';
import { momentOf, type Places } from './places';
import { SightBook, type WatchedMember } from './sight-book';

export interface WatchPorts {
  readonly clock: Clock;
  readonly places: Places;
  /** Resolves once it is durable; tells whether the watch is still open there. */
  report(sighted: Sighted): Promise<boolean>;
  /** The watch is over. */
  ended(): void;
}

/**
 * Follows all places of one watch until it is over. The book decides what is said and when; this only carries it out. One
 * message at a time is being written down, and looks go on meanwhile.
 */
export class WatchLooks {
  private readonly members: readonly (WatchedMember & Place)[];
  private readonly book: SightBook;
  private readonly alarm: Alarm;
  private leave: readonly (() => void)[] = [];
  private reporting = false;

  constructor(
    private readonly watch: OpenWatch,
    private readonly ports: WatchPorts,
  ) {
    const starts = momentOf(ports.clock);
    const endsAt = starts.monotonic + (watch.ending ? 0 : watch.remainingMs);
    this.members = membersOf(watch.request);
    this.book = new SightBook(this.members, { starts, endsAt, lookedUntil: watch.lookedUntil });
    this.alarm = new Alarm(ports.clock, () => this.turn());
  }

  start(): void {
    this.leave = this.members.map((member, i) =>
      this.ports.places.follow(member, member.asked, (looked) => {
        this.book.looked(i, looked);
        this.alarm.soon();
      }),
    );
    this.turn();
  }

  /** The sequence has ended: one last look at each member. */
  end(): void {
    this.book.end(this.ports.clock.monotonic());
  }

  /** Nothing is looked at or reported any more. */
  stop(): void {
    for (const leave of this.leave) leave();
    this.alarm.stop();
  }

  private turn(): void {
    if (this.reporting) return;
    const now = this.ports.clock.monotonic();
    const turn = this.book.next(now);
    if (turn.kind === 'wait') this.alarm.at(turn.untilMs);
    else void this.report(now);
  }

  private async report(now: number): Promise<void> {
    this.reporting = true;
    const said = this.book.take(now);
    const open = await this.ports.report({ kind: 'sighted', watch: this.watch, ...said });
    this.reporting = false;
    if (said.last || !open) {
      this.stop();
      this.ports.ended();
    } else this.alarm.soon();
  }
}

const membersOf = ({ steps }: WatchData): (WatchedMember & Place)[] =>
  steps.flatMap(({ step, target, probe, scopes, expect }) => {
    const asked = expect.map(({ observed }) => observed);
    return scopes.flatMap(({ scope, members }) =>
      members.map((member) => ({ step, target, probe, scope, member, asked })),
    );
  });

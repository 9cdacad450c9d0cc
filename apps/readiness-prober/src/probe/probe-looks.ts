/**
 * Looks at the members of one open probe until it is over. The schedule decides when; this only carries looks and rounds
 * out. Each member has at most one look under way and its own timeout, so none waits for another; one round at a time is
 * being written down, and looks go on meanwhile.
 */
import type { Clock } from '@causeway/host';
import { Alarm } from '../handle/alarm';
import { lookWithin } from '../look/look-within';
import type { Lookout } from '../look/plan-looks';
import { LookSchedule } from './look-schedule';
import type { OpenProbe, Round } from './open-probe';

export interface ProbePorts {
  readonly clock: Clock;
  /** Resolves once the round is durable; tells whether the probe is still open there. */
  report(round: Round): Promise<boolean>;
  /** The probe is over, or somebody else's by now. */
  ended(): void;
}

export class ProbeLooks {
  private readonly schedule: LookSchedule;
  private readonly alarm: Alarm;
  private readonly stopping = new AbortController();
  private rounds: number;
  private reporting = false;

  constructor(
    private readonly probe: OpenProbe,
    private readonly lookout: Lookout,
    private readonly ports: ProbePorts,
  ) {
    const startsAt = ports.clock.monotonic();
    const { expect, consecutive } = probe.request;
    const { everyMs, timeoutMs, members } = lookout;
    // Room for one whole look, however late this starts: the end of the time is reported with a reading, not without.
    const endsAt = startsAt + Math.max(probe.remainingMs, timeoutMs + everyMs);
    this.rounds = probe.rounds;
    this.schedule = new LookSchedule({ everyMs, consecutive, expect, startsAt, endsAt }, members);
    this.alarm = new Alarm(ports.clock, () => this.turn());
  }

  start(): void {
    this.turn();
  }

  /** Ends the looks under way. Nothing is reported any more. */
  stop(): void {
    this.stopping.abort();
    this.alarm.stop();
  }

  private turn(): void {
    const now = this.ports.clock.monotonic();
    for (const i of this.schedule.due(now)) void this.look(i, now);
    const move = this.schedule.next(now);
    if (move.kind === 'send' && !this.reporting) void this.report(move.last, now);
    this.alarm.at(move.kind === 'wait' ? move.untilMs : now + this.lookout.everyMs);
  }

  private async look(i: number, now: number): Promise<void> {
    this.schedule.lookBegan(i, now, new Date(this.ports.clock.now()).toISOString());
    const { look } = this.lookout.members[i] as Lookout['members'][number];
    const outcome = await lookWithin(look, this.lookout.timeoutMs, this.stopping.signal);
    this.schedule.answered(i, outcome, this.ports.clock.monotonic());
    this.alarm.soon();
  }

  private async report(last: boolean, now: number): Promise<void> {
    this.reporting = true;
    const taken = this.schedule.takeRound(now);
    const round: Round = { kind: 'round', probe: this.probe, round: ++this.rounds, ...taken, last };
    const open = await this.ports.report(round);
    this.reporting = false;
    if (last || !open) {
      this.stop();
      this.ports.ended();
    } else this.alarm.soon();
  }
}

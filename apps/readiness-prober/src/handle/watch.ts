/**
 * Looks at the members of one open probe until it is over. The schedule decides when; this only carries looks and rounds
 * out. Each member has at most one look under way and its own timeout, so none waits for another; one round at a time is
 * being written down, and looks go on meanwhile.
 */
import type { Clock } from '@causeway/host';
import { LookFailed, unreachable, type Look, type LookOutcome } from '../look/look';
import { LookSchedule } from './look-schedule';
import type { OpenProbe, Round } from './open-probe';
import type { Lookout } from './plan-looks';

export interface WatchPorts {
  readonly clock: Clock;
  /** Resolves once the round is durable; tells whether the probe is still open there. */
  report(round: Round): Promise<boolean>;
  /** The probe is over, or somebody else's by now. */
  ended(): void;
}

export class Watch {
  private readonly schedule: LookSchedule;
  private readonly stopping = new AbortController();
  private rounds: number;
  private reporting = false;
  private timer: NodeJS.Timeout | null = null;
  private turning = false;

  constructor(
    private readonly probe: OpenProbe,
    private readonly lookout: Lookout,
    private readonly ports: WatchPorts,
  ) {
    const startsAt = ports.clock.monotonic();
    const { expect, consecutive } = probe.request;
    const { everyMs, timeoutMs, members } = lookout;
    // Room for one whole look, however late this starts: the end of the time is reported with a reading, not without.
    const endsAt = startsAt + Math.max(probe.remainingMs, timeoutMs + everyMs);
    this.rounds = probe.rounds;
    this.schedule = new LookSchedule({ everyMs, consecutive, expect, startsAt, endsAt }, members);
  }

  start(): void {
    this.turn();
  }

  /** Ends the looks under way. Nothing is reported any more. */
  stop(): void {
    this.stopping.abort();
    if (this.timer) clearTimeout(this.timer);
  }

  private turn(): void {
    if (this.stopping.signal.aborted) return;
    const now = this.ports.clock.monotonic();
    for (const i of this.schedule.due(now)) void this.look(i, now);
    const move = this.schedule.next(now);
    if (move.kind === 'send' && !this.reporting) void this.report(move.last, now);
    this.wakeAt(move.kind === 'wait' ? move.untilMs : now + this.lookout.everyMs, now);
  }

  private wakeAt(atMs: number, now: number): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.turn(), Math.max(1, Math.ceil(atMs - now)));
  }

  /** Answers that come in the same moment make one turn. */
  private turnSoon(): void {
    if (this.turning) return;
    this.turning = true;
    setImmediate(() => {
      this.turning = false;
      this.turn();
    });
  }

  private async look(i: number, now: number): Promise<void> {
    this.schedule.lookBegan(i, now, new Date(this.ports.clock.now()).toISOString());
    const { look } = this.lookout.members[i] as Lookout['members'][number];
    const outcome = await lookWithin(look, this.lookout.timeoutMs, this.stopping.signal);
    this.schedule.answered(i, outcome, this.ports.clock.monotonic());
    this.turnSoon();
  }

  private async report(last: boolean, now: number): Promise<void> {
    this.reporting = true;
    const readings = this.schedule.takeRound(now);
    const open = await this.ports.report({ probe: this.probe, round: ++this.rounds, readings, last });
    this.reporting = false;
    if (last || !open) {
      this.stop();
      this.ports.ended();
    } else this.turnSoon();
  }
}

/** One look with an end: a member that does not answer in time is unreachable, whatever its look still waits for. */
function lookWithin(look: Look, timeoutMs: number, stopping: AbortSignal): Promise<LookOutcome> {
  const late = new AbortController();
  return new Promise((resolve) => {
    const end = (outcome: LookOutcome): void => {
      clearTimeout(timer);
      stopping.removeEventListener('abort', stop);
      resolve(outcome);
      late.abort();
    };
    const stop = (): void => end(unreachable('the prober stopped looking'));
    const timer = setTimeout(() => end(unreachable(`no answer within ${timeoutMs / 1_000} s`)), timeoutMs);
    stopping.addEventListener('abort', stop, { once: true });
    look(late.signal).then(end, (error: unknown) => end(unreachable(reasonOf(error))));
  });
}

/** Only sentences of ours go into a reading. */
const reasonOf = (error: unknown): string => (error instanceof LookFailed ? error.message : 'the look itself failed');

import { ok, wrong, type Finding } from '../finding';

/** A partition that a consumer group has not read to its end. */
export interface Behind {
  readonly topic: string;
  readonly partition: number;
  /** Messages from the committed offset to the end. */
  readonly lag: number;
}

/** A consumer group looked at twice, a few seconds apart, unless it was at the end of everything at once. */
export interface GroupState {
  readonly group: string;
  /** What the broker calls its state: Stable, Empty, Dead, PreparingRebalance, ... */
  readonly state: string;
  readonly members: number;
  /** At the second look. */
  readonly behind: readonly Behind[];
  /** Of those, the ones whose committed offset did not move between the looks. */
  readonly still: readonly Behind[];
  /** Between the looks, milliseconds. */
  readonly watchedMs: number;
}

/** A reader this far behind keeps people waiting, messages. */
const MUCH = 1_000;

export function judgeGroup(service: string, { group, state, members, behind, still, watchedMs }: GroupState): Finding {
  const lag = behind.reduce((sum, one) => sum + one.lag, 0);
  const worst = [...behind].sort((a, b) => b.lag - a.lag)[0];
  const lagText = worst ? `${lag} behind, most on ${worst.topic}/${worst.partition} (${worst.lag})` : 'nothing behind';
  const bad = (what: string, remedy: string): Finding => wrong('failing', 'lag', `group ${group}`, what, remedy);
  if (members === 0)
    return bad(
      `nobody reads (${state}): ${lagText}`,
      `is ${service} running and ready? its log says why it does not join; a waiting one joins when the seat is free`,
    );
  if (still.length > 0)
    return bad(
      `stands still for ${Math.round(watchedMs / 1_000)} s: ${lagText}`,
      `see ${service}'s log: it retries something (database away?) or hangs; one that stands for 40 s ends itself, else start it again`,
    );
  if (lag > MUCH)
    return wrong(
      'attention',
      'lag',
      `group ${group}`,
      `moves, but ${lagText}`,
      'it catches up: ask again in a minute, the number must fall',
    );
  return ok('lag', service, String(lag));
}

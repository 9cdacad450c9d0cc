/**
 * Looks at places for all watches together: a place that many of them ask about is looked at once per `every`, by one look at a
 * time. So what watching costs a target is bounded by what its Target file declares, not by how many sequences are open.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '@causeway/host';
import { lookWithin } from '../look/look-within';
import { planWatchLook, type LookSources, type Place, type PlannedLook } from '../look/plan-looks';
import type { Looked, Moment } from './sight-book';

export interface PlacesPorts {
  readonly clock: Clock;
  readonly sources: LookSources;
}

interface Follower {
  readonly asked: readonly string[];
  heard(looked: Looked): void;
}

export class Places {
  private readonly looks = new Map<string, PlaceLooks>();

  constructor(private readonly ports: PlacesPorts) {}

  /** `heard` is told of every look that begins from now on. Returns what ends that. */
  follow(place: Place, asked: readonly string[], heard: (looked: Looked) => void): () => void {
    const key = JSON.stringify([place.target, place.probe, place.scope, place.member]);
    const looks = this.looks.get(key) ?? new PlaceLooks(place, this.ports);
    this.looks.set(key, looks);
    const follower = { asked, heard };
    looks.add(follower);
    return () => {
      if (looks.remove(follower) === 0 && this.looks.get(key) === looks) this.looks.delete(key);
    };
  }
}

class PlaceLooks {
  private readonly followers = new Set<Follower>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly place: Place,
    private readonly ports: PlacesPorts,
  ) {}

  add(follower: Follower): void {
    this.followers.add(follower);
    // Later in this moment: all that follow from it on share the first look too.
    if (this.followers.size === 1) setImmediate(() => void this.run());
  }

  /** Returns how many are left. Without any, looks end. */
  remove(follower: Follower): number {
    this.followers.delete(follower);
    if (this.followers.size === 0) this.stopping.abort();
    return this.followers.size;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const nextAt = await this.lookOnce();
      await pause(Math.max(0, nextAt - this.ports.clock.monotonic()), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Tells those who were there when the look began. Returns when the next one is due, monotonic milliseconds. */
  private async lookOnce(): Promise<number> {
    const { clock, sources } = this.ports;
    const followers = [...this.followers];
    const asked = new Set(followers.flatMap((each) => each.asked));
    const planned = planWatchLook(this.place, [...asked], sources);
    const looked = await lookedAt(planned, clock, this.stopping.signal);
    if (!this.stopping.signal.aborted) for (const follower of followers) follower.heard(looked);
    return looked.startedAt + planned.everyMs;
  }
}

async function lookedAt(
  { look, timeoutMs }: PlannedLook,
  clock: Clock,
  stopping: AbortSignal,
): Promise<Looked & { readonly startedAt: number }> {
  const started = momentOf(clock);
  let leanedOn = started.monotonic;
  const outcome = await lookWithin(look, timeoutMs, stopping, (atMs) => (leanedOn = Math.min(leanedOn, atMs)));
  // What leans on something older shows the member as of then.
  const began = { ...started, instant: started.instant - Math.ceil(started.monotonic - leanedOn) };
  return { began, answered: momentOf(clock), outcome, startedAt: started.monotonic };
}

export const momentOf = (clock: Clock): Moment => ({ monotonic: clock.monotonic(), instant: clock.now() });

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ManagerClient } from '../client/manager-client';
import { linesAfter, logPlace, placeNow, type LogLine } from './log-follower';
import { managerRequestOf, type ManagerRequest } from './log-line';
import { settle, versionsOf, type Effect, type Versions } from './settle';

/** What is known of one member between two sweeps. Times are the observer's, Unix milliseconds. */
export const memberState = z.object({
  place: logPlace,
  versions: z.record(z.string(), z.enum(['running', 'stopped'])),
  broughtAt: z.record(z.string(), z.number()),
  /** When what was listed was last as the log had it. */
  agreedAt: z.number(),
  /** Since when something else is listed, and what; null: nothing else. */
  odd: z.object({ since: z.number(), what: z.string() }).nullable(),
});
export type MemberState = z.output<typeof memberState>;

/** A change of what runs that no request in the log explains: seen between two lists. */
export interface Unexplained {
  readonly version: string;
  readonly effect: 'set' | 'removed';
  readonly from: number;
  readonly to: number;
}

export interface MemberPart {
  readonly effects: readonly Effect[];
  readonly unexplained: readonly Unexplained[];
  readonly state: MemberState;
  /** Why requests may be missing; null: none are. */
  readonly cut: string | null;
}

/** One member to follow. */
export interface Followed {
  readonly member: string;
  /** Path of its access log; `*` for a date. */
  readonly log: string;
  readonly context: string;
  readonly client: ManagerClient;
  readonly now: () => number;
}

/** How often what is listed is compared with what the log says, milliseconds. */
const COMPARE_EVERY_MS = 2_000;
/** A request is in the log only once it was answered; so long, what is listed may be ahead of the log. */
const AHEAD_MS = 5_000;
/** Between a list and the look whether the log has gone on. */
const LOOK_AGAIN_MS = 100;
const MOST_LOOKS = 60;

export class MemberHistory {
  private comparedAt = -Infinity;

  constructor(private readonly followed: Followed) {}

  async begin(signal: AbortSignal): Promise<MemberState> {
    const agreedAt = this.followed.now();
    const versions = await this.list(signal);
    return { place: await placeNow(this.followed.log), versions, broughtAt: {}, agreedAt, odd: null };
  }

  async since(state: MemberState, signal: AbortSignal): Promise<MemberPart> {
    const read = await this.read(state.place);
    if (read.requests.length === 0) return this.quiet({ ...state, place: read.place }, read.cut, signal);
    return this.busy(state, read, signal);
  }

  private async quiet(state: MemberState, cut: string | null, signal: AbortSignal): Promise<MemberPart> {
    const nothing: MemberPart = { effects: [], unexplained: [], state, cut };
    if (performance.now() - this.comparedAt < COMPARE_EVERY_MS && !state.odd) return nothing;
    const at = this.followed.now();
    // A Tomcat that is down changes nothing; what it did before that is in its log.
    const listed = await this.list(signal).catch(() => null);
    return listed ? { ...nothing, ...this.compared(state, listed, at) } : nothing;
  }

  /** Until the log stands still behind a list, and every request is settled by it; with the last look, as it seems. */
  private async busy(state: MemberState, read: Read, signal: AbortSignal): Promise<MemberPart> {
    let all = read;
    for (let looks = 1; ; looks++) {
      const at = this.followed.now();
      const listed = await this.list(signal);
      await sleep(LOOK_AGAIN_MS, undefined, { signal });
      const more = await this.read(all.place);
      all = { place: more.place, requests: [...all.requests, ...more.requests], cut: all.cut ?? more.cut };
      const { effects, known, open } = settle(all.requests, state, listed, this.followed.context);
      if (looks < MOST_LOOKS && (open.length > 0 || more.requests.length > 0)) continue;
      return { effects, cut: all.cut, ...this.compared({ ...state, ...known, place: all.place }, listed, at) };
    }
  }

  /** Versions that run or no longer run without a request in the log: by another door (a file, JMX), or over a restart. */
  private compared(state: MemberState, listed: Versions, at: number): Pick<MemberPart, 'unexplained' | 'state'> {
    this.comparedAt = performance.now();
    const differing = differences(state.versions, listed);
    // One that stands still may be on its way up, by a request that is in the log only later: it is not taken over.
    if (differing.length === 0) return { unexplained: [], state: { ...state, agreedAt: at, odd: null } };
    const what = JSON.stringify(differing);
    const since = state.odd?.what === what ? state.odd.since : at;
    if (at - since < AHEAD_MS) return { unexplained: [], state: { ...state, odd: { since, what } } };
    const unexplained = differing.map((one) => ({ ...one, from: state.agreedAt, to: Math.max(since, state.agreedAt) }));
    const versions = { ...state.versions, ...Object.fromEntries(differing.map(stateAsTold)) };
    return { unexplained, state: { ...state, versions, agreedAt: at, odd: null } };
  }

  private async read(place: MemberState['place']): Promise<Read> {
    const part = await linesAfter(this.followed.log, place, '/manager/');
    const { requests, strange } = this.understood(part.lines);
    return { place: part.place, requests, cut: part.cut ?? strange };
  }

  /** Refused ones (401, 403, 404) changed nothing; what failed within the manager (500) may have. */
  private understood(lines: readonly LogLine[]): { requests: ManagerRequest[]; strange: string | null } {
    const requests: ManagerRequest[] = [];
    let strange: string | null = null;
    for (const { id, text } of lines) {
      try {
        const request = managerRequestOf(`${this.followed.member}/${id}`, text, this.followed.context);
        if (request && (request.status === 200 || request.status >= 500)) requests.push(request);
      } catch {
        strange = `a line of the access log is not in the pattern that this executor reads: ${text.slice(0, 100)}`;
      }
    }
    return { requests, strange };
  }

  private async list(signal: AbortSignal): Promise<Versions> {
    const { client, member } = this.followed;
    return versionsOf(await client.list({ member, attemptId: 'observer', signal }));
  }
}

interface Read {
  readonly place: MemberState['place'];
  readonly requests: readonly ManagerRequest[];
  readonly cut: string | null;
}

const stateAsTold = ({ version, effect }: Pick<Unexplained, 'version' | 'effect'>): [string, 'running' | 'stopped'] => [
  version,
  effect === 'set' ? 'running' : 'stopped',
];

/** A version that stands still is none that anybody is served. */
function differences(said: Versions, listed: Versions): Pick<Unexplained, 'version' | 'effect'>[] {
  const versions = [...new Set([...Object.keys(said), ...Object.keys(listed)])].sort();
  const runs = (of: Versions, version: string): boolean => of[version] === 'running';
  return versions
    .filter((version) => runs(said, version) !== runs(listed, version))
    .map((version) => ({ version, effect: runs(listed, version) ? 'set' : 'removed' }));
}

import { z } from 'zod';
import { storedCursor } from '@causeway/executor-host';
import type { Json, Observer, SeenMutation, Sweep } from '@causeway/executor-sdk';
import { ManagerClient } from './client/manager-client';
import type { TomcatObserverSettings } from './config';
import {
  MemberHistory,
  memberState,
  type MemberPart,
  type MemberState,
  type Unexplained,
} from './history/member-history';
import type { Effect } from './history/settle';

/**
 * Follows the versions of one context in every member: deployed, undeployed, started, stopped. What is governed is which versions run.
 *
 * 1. A change is a line of the member's access log: who (user), through what (address, user agent), which attempt of ours (header),
 *    when it was done. Which requests took effect, the log does not say: see `settle`.
 * 2. Ours are those of our executor's user that carry its header; the user alone, or the header alone, is somebody else.
 * 3. What is listed and no line explains happened between two lists, and nobody knows by whom. It is told only when the log has not
 *    explained it within some seconds.
 * 4. The manager has no account that can only list, so the observer lists as the executor's user; it changes nothing.
 * 5. A gap is a log that was rotated away or emptied before it was read, or a line that cannot be read.
 */
export function tomcatObserver(settings: TomcatObserverSettings, now: () => number): Observer {
  const following = new Following(settings, now);
  return {
    everyMs: 250,
    begin: (signal) => following.begin(signal),
    sweep: async (cursor, signal) => following.sweep(storedCursor(cursorForm, cursor), signal),
  };
}

const cursorForm = z.object({ lookedAt: z.number(), members: z.record(z.string(), memberState) });
type Cursor = z.output<typeof cursorForm>;

/** One member with the scope that it belongs to. */
interface Place {
  readonly scope: string;
  readonly member: string;
  readonly history: MemberHistory;
}

class Following {
  private readonly places: readonly Place[];

  constructor(
    private readonly settings: TomcatObserverSettings,
    private readonly now: () => number,
  ) {
    const { tomcat, logs } = settings;
    const client = new ManagerClient(tomcat);
    this.places = Object.entries(logs).flatMap(([scope, members]) =>
      Object.entries(members).map(([member, log]) => ({
        ...{ scope, member },
        history: new MemberHistory({ member, log, context: tomcat.context, client, now }),
      })),
    );
  }

  async begin(signal: AbortSignal): Promise<Json> {
    const lookedAt = this.now();
    const states = await Promise.all(
      this.places.map(async ({ member, history }) => [member, await history.begin(signal)] as const),
    );
    return { lookedAt, members: Object.fromEntries(states) };
  }

  async sweep(cursor: Cursor, signal: AbortSignal): Promise<Sweep> {
    const lookedAt = this.now();
    const parts = await Promise.all(
      this.places.map(async (place) => ({ place, part: await this.read(place, cursor, signal) })),
    );
    const mutations = parts.flatMap(({ place, part }) => this.told(place, part)).sort(byTime);
    const members = Object.fromEntries(parts.map(({ place, part }) => [place.member, part.state]));
    return { mutations, cursor: { lookedAt, members }, gap: gapOf(parts, cursor.lookedAt, lookedAt) };
  }

  /** A member that joined since is followed from now on. */
  private async read({ member, history }: Place, cursor: Cursor, signal: AbortSignal): Promise<MemberPart> {
    const known: MemberState | undefined = cursor.members[member];
    if (known) return history.since(known, signal);
    return { effects: [], unexplained: [], state: await history.begin(signal), cut: 'it was not observed before' };
  }

  private told(place: Place, { effects, unexplained }: MemberPart): SeenMutation[] {
    return [
      ...effects.map((effect) => this.toldByLog(place, effect)),
      ...unexplained.map((one) => this.toldByLists(place, one)),
    ];
  }

  private toldByLog(place: Place, { request, effect, before }: Effect): SeenMutation {
    const { user, attempt, agent, address, command, begunAt, endedAt } = request;
    const ours = user === this.settings.tomcat.user && attempt !== null;
    return {
      ...this.what(place, request.version, effect),
      actor: { kind: user === null ? 'unknown' : ours ? 'service' : 'user', name: user },
      channel: { client: agent, token: null, address },
      before: { kind: 'known', value: { version: request.version, state: before } },
      by: ours ? { kind: 'executor', attemptId: attempt.slice(0, 300) } : { kind: 'other' },
      source: { id: request.id.slice(0, 300), detail: { command, begunAt: instant(begunAt), attempt } },
      happened: { kind: 'at', at: instant(endedAt) },
    };
  }

  private toldByLists(place: Place, { version, effect, from, to }: Unexplained): SeenMutation {
    return {
      ...this.what(place, version, effect),
      actor: { kind: 'unknown', name: null },
      channel: { client: null, token: null, address: null },
      before: { kind: 'unknown' },
      by: { kind: 'other' },
      source: { id: `${place.member}/list/${from}/${effect}/${version}`.slice(0, 300), detail: { seenBy: 'list' } },
      happened: { kind: 'between', from: instant(from), to: instant(to) },
    };
  }

  private what({ scope, member }: Place, version: string, effect: 'set' | 'removed') {
    return {
      resource: `${member}/${this.settings.tomcat.context}`,
      change: 'deploy@v1',
      with: { version },
      effect,
      scopes: [{ scope, members: [member] }],
      after: { kind: 'known', value: { version, state: effect === 'set' ? 'running' : 'not running' } },
    } as const satisfies Partial<SeenMutation> & { readonly scopes: unknown };
  }
}

function gapOf(parts: readonly { place: Place; part: MemberPart }[], from: number, to: number): Sweep['gap'] {
  const cuts = parts.flatMap(({ place, part }) => (part.cut ? [`${place.member}: ${part.cut}`] : []));
  if (cuts.length === 0) return null;
  return { from: instant(from), to: instant(Math.max(from, to)), reason: cuts.join('; ') };
}

const instant = (ms: number): string => new Date(ms).toISOString();

const timeOf = ({ happened }: SeenMutation): string => (happened.kind === 'at' ? happened.at : happened.to);
const byTime = (a: SeenMutation, b: SeenMutation): number =>
  timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0;

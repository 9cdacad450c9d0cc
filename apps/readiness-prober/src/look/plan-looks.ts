import { durationMs, type ProbeData, type Target } from '@causeway/contracts';
import { instantOutcome } from './instant';
import type { Look } from './look';
import { lookNowhere, type DeclaredProbe, type LookedAt, type MakeLook } from './looks';

/** Targets by name, as their owners declared them. */
export type Registry = ReadonlyMap<string, Target>;

export interface MemberLook {
  readonly scope: string;
  readonly member: string;
  readonly look: Look;
}

interface Pace {
  readonly everyMs: number;
  readonly timeoutMs: number;
}

/** How one probe request is looked at: its pace and one look a member. */
export interface Lookout extends Pace {
  readonly members: readonly MemberLook[];
}

/** One member of a target, seen through one of its probes. */
export interface Place {
  readonly target: string;
  readonly probe: string;
  readonly scope: string;
  readonly member: string;
}

/** How one place is looked at. */
export interface PlannedLook extends Pace {
  readonly look: Look;
}

export interface LookSources {
  readonly registry: Registry;
  readonly makeLook: MakeLook;
  /** Whether probes of kind `instant` are answered at all. */
  readonly allowInstant: boolean;
}

/** Nothing changes about a member that cannot be looked at before the prober is started anew. */
const NOWHERE: Pace = { everyMs: 2_000, timeoutMs: 2_000 };

/**
 * One look for every member that a probe request asks for. A member that this prober cannot look at gets a look that says why: silence
 * would leave the gate closed without a reason.
 */
export function planLooks(request: ProbeData, sources: LookSources): Lookout {
  const found = findProbe(request, sources);
  if (typeof found === 'string') return { ...NOWHERE, members: each(request, () => lookNowhere(found)) };
  const asked = request.expect.map(({ observed }) => observed);
  const { target, probe } = request;
  const members = each(request, (scope, member) =>
    found.kind === 'instant'
      ? () => Promise.resolve(instantOutcome(request.expect))
      : lookAt({ target, probe, scope, member }, found, asked, sources.makeLook),
  );
  return { ...paceOf(found), members };
}

/** The look of watches at one place. An instant probe shows what it is asked to, so there is nothing to watch. */
export function planWatchLook(place: Place, asked: readonly string[], sources: LookSources): PlannedLook {
  const found = findProbe(place, sources);
  if (typeof found === 'string') return { ...NOWHERE, look: lookNowhere(found) };
  if (found.kind === 'instant')
    return { ...NOWHERE, look: lookNowhere(`probe "${place.probe}" is instant: there is nothing to watch`) };
  return { ...paceOf(found), look: lookAt(place, found, asked, sources.makeLook) };
}

/** Whether a request is answered at once, with what it asks for. */
export function isInstant(request: ProbeData, sources: LookSources): boolean {
  const found = findProbe(request, sources);
  return typeof found !== 'string' && found.kind === 'instant';
}

function findProbe(
  { target, probe }: Pick<Place, 'target' | 'probe'>,
  { registry, allowInstant }: LookSources,
): DeclaredProbe | string {
  const declared = registry.get(target);
  if (!declared)
    return `this prober knows no target "${target}": put its Target file into CAUSEWAY_TARGETS and restart it`;
  const { probes } = declared.spec;
  const found = Object.hasOwn(probes, probe) ? probes[probe] : undefined;
  if (!found)
    return `target "${target}" declares no probe "${probe}" (it has: ${Object.keys(probes).join(', ') || 'none'})`;
  if (found.kind === 'instant' && !allowInstant)
    return `probe "${probe}" is instant, for benchmarks only: this prober refuses it (CAUSEWAY_ALLOW_INSTANT_PROBES)`;
  return found;
}

const paceOf = ({ every, timeout }: DeclaredProbe): Pace => ({
  everyMs: durationMs(every),
  timeoutMs: durationMs(timeout),
});

function lookAt(
  { target, probe, scope, member }: Place,
  declared: LookedAt,
  asked: readonly string[],
  makeLook: MakeLook,
): Look {
  const look = makeLook(declared, scope, member, asked);
  return (
    look ?? lookNowhere(`probe "${probe}" of target "${target}" declares no place to look at ${member} in ${scope}`)
  );
}

const each = ({ scopes }: ProbeData, look: (scope: string, member: string) => Look): MemberLook[] =>
  scopes.flatMap(({ scope, members }) => members.map((member) => ({ scope, member, look: look(scope, member) })));

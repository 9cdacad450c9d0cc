import { durationMs, type ProbeData, type Target } from '@causeway/contracts';
import { instantOutcome } from '../look/instant';
import { type Look } from '../look/look';
import { lookNowhere, type DeclaredProbe, type MakeLook } from '../look/looks';

/** Targets by name, as their owners declared them. */
export type Registry = ReadonlyMap<string, Target>;

export interface MemberLook {
  readonly scope: string;
  readonly member: string;
  readonly look: Look;
}

/** How one probe request is looked at: its pace and one look a member. */
export interface Lookout {
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly members: readonly MemberLook[];
}

export interface LookSources {
  readonly registry: Registry;
  readonly makeLook: MakeLook;
  /** Whether probes of kind `instant` are answered at all. */
  readonly allowInstant: boolean;
}

/** Nothing changes about a member that cannot be looked at before the prober is started anew. */
const NOWHERE = { everyMs: 2_000, timeoutMs: 2_000 };

/**
 * One look for every member that was asked for. A member that this prober cannot look at gets a look that says why: silence
 * would leave the gate closed without a reason.
 */
export function planLooks(request: ProbeData, sources: LookSources): Lookout {
  const found = findProbe(request, sources);
  if (typeof found === 'string') return { ...NOWHERE, members: each(request, () => lookNowhere(found)) };
  const asked = request.expect.map(({ observed }) => observed);
  const members = each(request, (scope, member) => lookAt(request, found, sources.makeLook, scope, member, asked));
  return { everyMs: durationMs(found.every), timeoutMs: durationMs(found.timeout), members };
}

/** Whether a request is answered at once, with what it asks for. */
export function isInstant(request: ProbeData, sources: LookSources): boolean {
  const found = findProbe(request, sources);
  return typeof found !== 'string' && found.kind === 'instant';
}

function findProbe({ target, probe }: ProbeData, { registry, allowInstant }: LookSources): DeclaredProbe | string {
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

function lookAt(
  { target, probe, expect }: ProbeData,
  declared: DeclaredProbe,
  makeLook: MakeLook,
  scope: string,
  member: string,
  asked: readonly string[],
): Look {
  if (declared.kind === 'instant') return () => Promise.resolve(instantOutcome(expect));
  const look = makeLook(declared, scope, member, asked);
  return (
    look ?? lookNowhere(`probe "${probe}" of target "${target}" declares no place to look at ${member} in ${scope}`)
  );
}

const each = ({ scopes }: ProbeData, look: (scope: string, member: string) => Look): MemberLook[] =>
  scopes.flatMap(({ scope, members }) => members.map((member) => ({ scope, member, look: look(scope, member) })));

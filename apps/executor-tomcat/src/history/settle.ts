/**
 * Which requests took effect. The log does not say: the manager answers "FAIL" with status 200 as well. What tells them apart is
 * the length of the answer, which versions were there, and which are there now.
 */
import type { ListedVersion } from '../client/listing';
import type { ManagerRequest } from './log-line';

/** Versions of one member, those that are there. */
export type Versions = Readonly<Record<string, 'running' | 'stopped'>>;

/** A request that changed which versions run, or said again what was so. */
export interface Effect {
  readonly request: ManagerRequest;
  readonly effect: 'set' | 'removed';
  readonly before: VersionBefore;
}
export type VersionBefore = 'running' | 'stopped' | 'absent';

export interface Settled {
  readonly effects: readonly Effect[];
  readonly known: Known;
  /** What a request that is not in the log yet may have undone: look again. */
  readonly open: readonly ManagerRequest[];
}

/** What is known of a member's versions. */
export interface Known {
  readonly versions: Versions;
  /** When a deployment of a version that is there ended; Tomcat's clock, Unix milliseconds. */
  readonly broughtAt: Readonly<Record<string, number>>;
}

export const versionsOf = (listed: readonly ListedVersion[]): Versions =>
  Object.fromEntries(listed.map(({ version, running }) => [version, running ? 'running' : 'stopped']));

/**
 * @param requests in the order of the log, which is that in which they ended
 * @param known before the first of them
 * @param now what was listed after they were read
 */
export function settle(requests: readonly ManagerRequest[], known: Known, now: Versions, context: string): Settled {
  const effects: Effect[] = [];
  const open: ManagerRequest[] = [];
  let so = known;
  for (const [index, request] of requests.entries()) {
    const { version } = request;
    const before = so.versions[version] ?? 'absent';
    const broughtAt = so.broughtAt[version] ?? -Infinity;
    const outcome = outcomeOf({ request, before, broughtAt, later: requests.slice(index + 1), now, context });
    if (outcome === 'open') open.push(request);
    const after = stateAfter(request, outcome, before);
    const effect = effectOf(request, outcome, before, after);
    if (effect) effects.push({ request, effect, before });
    so = withState(so, request, after);
  }
  return { effects, known: so, open };
}

function withState(
  { versions, broughtAt }: Known,
  { version, command, endedAt }: ManagerRequest,
  state: VersionBefore,
): Known {
  const without = <T>(all: Readonly<Record<string, T>>): [string, T][] =>
    Object.entries(all).filter(([name]) => name !== version);
  if (state === 'absent')
    return { versions: Object.fromEntries(without(versions)), broughtAt: Object.fromEntries(without(broughtAt)) };
  const brought = command === 'deploy' ? { [version]: Math.max(endedAt, broughtAt[version] ?? 0) } : {};
  return { versions: { ...versions, [version]: state }, broughtAt: { ...broughtAt, ...brought } };
}

/** `failed-start`: refused, and a stopped version is left behind. `open`: done, as it seems so far. */
type Outcome = 'done' | 'refused' | 'failed-start' | 'open';

interface Situation {
  readonly request: ManagerRequest;
  readonly before: VersionBefore;
  readonly broughtAt: number;
  readonly later: readonly ManagerRequest[];
  readonly now: Versions;
  readonly context: string;
}

function outcomeOf(situation: Situation): Outcome {
  const { request, before, context } = situation;
  const said = saidBy(request, context);
  if (said === 'done-or-exists') return request.replaces ? 'done' : doneOrExists(situation);
  if (said !== 'unknown') return said;
  if (request.command === 'deploy' && before !== 'absent' && !request.replaces) return 'refused';
  if (request.command !== 'deploy' && before === 'absent') return 'refused';
  return byWhatIsThere(situation);
}

/**
 * "Deployed" and "already exists" are of one length. What ran before the request began existed already. Of two requests for one
 * version at the same time, the log cannot tell which of them brought it: both are told. What was deployed runs, unless a later
 * request changed that; one that is not in the log yet may have.
 */
function doneOrExists({ request, before, broughtAt, later, now }: Situation): Outcome {
  if (before === 'running') return request.begunAt <= broughtAt ? 'done' : 'refused';
  if (later.some(({ version }) => version === request.version)) return before === 'absent' ? 'done' : 'refused';
  const state = now[request.version] ?? 'absent';
  if (state === 'absent') return before === 'absent' ? 'open' : 'refused';
  return state === 'running' ? 'done' : 'refused';
}

/** An answer in another language or of another Tomcat: what came of it has to be there, unless a later request changed it again. */
function byWhatIsThere({ request, later, now }: Situation): Outcome {
  if (later.some(({ version }) => version === request.version)) return 'done';
  const state = now[request.version] ?? 'absent';
  const wanted = { deploy: 'running', start: 'running', stop: 'stopped', undeploy: 'absent' }[request.command];
  if (state === wanted) return 'done';
  return request.command === 'deploy' && state === 'stopped' ? 'failed-start' : 'refused';
}

const DONE = { deploy: 'Deployed', undeploy: 'Undeployed', start: 'Started', stop: 'Stopped' } as const;

/** By the lengths of the manager's own English answers, each with a line end. */
function saidBy({ command, version, bytes }: ManagerRequest, context: string): Outcome | 'done-or-exists' | 'unknown' {
  const name = version === '' ? `/${context}` : `/${context}##${version}`;
  const long = (text: string): boolean => lengthsOf(text).includes(bytes);
  if (long(`OK - ${DONE[command]} application at context path [${name}]`))
    return command === 'deploy' ? 'done-or-exists' : 'done';
  if (command === 'deploy' && long(`FAIL - Deployed application at context path [${name}] but context failed to start`))
    return 'failed-start';
  const refused = [
    `FAIL - No context exists named [${name.replace('/', '&#47;')}]`,
    `FAIL - The application [${name}] is already being serviced`,
    `FAIL - Application at context path [${name}] could not be started`,
  ];
  return refused.some(long) ? 'refused' : 'unknown';
}

/** As a whole, or as one chunk with its frame: the log counts what was sent. */
function lengthsOf(line: string): [number, number] {
  const length = Buffer.byteLength(line) + 1;
  const frame = length.toString(16).length + '\r\n\r\n0\r\n\r\n'.length;
  return [length, length + frame];
}

function stateAfter({ command }: ManagerRequest, outcome: Outcome, before: VersionBefore): VersionBefore {
  if (outcome === 'failed-start') return 'stopped';
  if (outcome === 'refused') return before;
  return ({ deploy: 'running', start: 'running', stop: 'stopped', undeploy: 'absent' } as const)[command];
}

/** To take away what does not run changes nothing that anybody is served: so a failed deployment and its tidying up are no mutation. */
function effectOf(
  { command }: ManagerRequest,
  outcome: Outcome,
  before: VersionBefore,
  after: VersionBefore,
): Effect['effect'] | null {
  if (outcome !== 'refused' && after === 'running') return 'set';
  if (before === 'running' && after !== 'running') return 'removed';
  return outcome === 'done' && command === 'stop' ? 'removed' : null;
}

import {
  EVERYTHING,
  SEVERITIES,
  report,
  wrong,
  type Diagnosis,
  type Finding,
  type Report,
  type SeenFinding,
} from './finding';
import { messageOf } from './run';

/** Where each service answers about itself. */
export type ServiceAddresses = ReadonlyMap<string, string>;

/** Path of a service's self-check on its health port. */
const SELF_CHECK_PATH = '/health/self-check';
/** A service is done sooner: it opens its grounds and looks, each within its deadline. */
const ANSWER_MS = 20_000;

/** `sequencer=http://host:port,ledger=http://...`. Throws naming the part that is not of that form. */
export function readServices(text: string): ServiceAddresses {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  return new Map(parts.map(addressOf));
}

function addressOf(part: string): [string, string] {
  const [, name, url] = /^([a-z0-9-]+)=(https?:\/\/[^\s/]+(?:\/\S*)?)$/.exec(part) ?? [];
  if (name === undefined || url === undefined || !URL.canParse(url))
    throw new Error(`CAUSEWAY_SERVICES: "${part}" is not of the form name=http://host:port`);
  return [name, url.replace(/\/+$/, '')];
}

/** Asks every service side by side. One that does not answer is a finding; never rejects. */
export async function gather(services: ServiceAddresses, now: () => number): Promise<Diagnosis> {
  const at = new Date(now()).toISOString();
  return diagnosisOf(at, await reportsOf(services, at));
}

/** What each of them says, or that it says nothing. */
export const reportsOf = (services: ServiceAddresses, at: string): Promise<Report[]> =>
  Promise.all([...services].map(([name, url]) => askedOf(name, url, at)));

async function askedOf(service: string, url: string, at: string): Promise<Report> {
  try {
    const answer = await fetch(`${url}${SELF_CHECK_PATH}`, { signal: AbortSignal.timeout(ANSWER_MS) });
    if (!answer.ok) throw new Error(`answers ${answer.status}`);
    const parsed = report.safeParse(await answer.json());
    if (!parsed.success) throw new Error('answers with something else than a self-check: another release?');
    return parsed.data;
  } catch (error) {
    return { service, at, tookMs: 0, findings: [silent(service, url, error)] };
  }
}

/** One text for all: the same act mends them, and says more. */
const SILENT =
  'look at its log, and start it; what its tables and topics say while it is down, in its environment: node dist/apps/<service>/src/main.js doctor';

function silent(service: string, url: string, error: unknown): Finding {
  const { cause, name } = error as { readonly cause?: { readonly code?: string }; readonly name?: string };
  const why = name === 'TimeoutError' ? `nothing within ${ANSWER_MS / 1_000} s` : (cause?.code ?? messageOf(error));
  return {
    ...wrong('failing', 'service', service, `does not answer at ${url} (${why})`, SILENT),
    hides: [`${service}: ${EVERYTHING}`],
  };
}

/** All reports as one: the same finding of several services once, worst first. */
export function diagnosisOf(at: string, reports: readonly Report[]): Diagnosis {
  const merged = new Map<string, SeenFinding>();
  for (const { service, findings } of reports) for (const one of findings) merge(merged, service, one);
  const findings = [...merged.values()].sort(byUrgency);
  const severity = reports.length === 0 ? 'unknown' : (findings[0]?.severity ?? 'unknown');
  return { at, severity, asked: reports.map(({ service }) => service), findings };
}

function merge(merged: Map<string, SeenFinding>, service: string, one: Finding): void {
  const { check, where, severity, what, remedy } = one;
  const key = JSON.stringify([check, where, severity, what, remedy]);
  const there = merged.get(key);
  const hides = [...new Set([...(there?.hides ?? []), ...(one.hides ?? [])])];
  merged.set(key, { ...one, ...(hides.length > 0 && { hides }), by: [...new Set([...(there?.by ?? []), service])] });
}

/** Worst first; of equally bad ones that first which hides most. */
const byUrgency = (a: SeenFinding, b: SeenFinding): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
  (b.hides?.length ?? 0) - (a.hides?.length ?? 0) ||
  a.check.localeCompare(b.check) ||
  a.where.localeCompare(b.where);

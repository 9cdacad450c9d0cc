/** What gateways answer now, and what the control plane's log remembers of its configuration. Shares no code with any executor. */
import { readFile } from 'node:fs/promises';
import { bearer, call, callJson } from '../http/call';
import type { CaddyLab, Gateway } from '../systems/caddy/start';

/** What one gateway does with a user's request. */
export interface GatewayView {
  /** Name of the policy in force: the header X-Policy. */
  readonly policy: string | null;
  /** Status of `/api/audit`. */
  readonly auditStatus: number;
  /** What the application behind it says at `/version`, or null. */
  readonly appVersion: string | null;
}

/** One request to the control plane's admin address that would change its configuration. */
export interface ConfigWrite {
  readonly atMs: number;
  readonly method: string;
  readonly uri: string;
  readonly userAgent: string | null;
  /** The header X-Causeway-Step, or null: not from an executor of ours. */
  readonly change: string | null;
  /** The admin API said no (stale If-Match, bad document): nothing was changed. */
  readonly refused: boolean;
}

/** @param token sent as bearer token to `/api/audit`, when given */
export async function readGateway({ url }: Pick<Gateway, 'url'>, token?: string): Promise<GatewayView> {
  const audit = await call({ url: `${url}/api/audit`, headers: token === undefined ? {} : bearer(token) });
  const version = await call({ url: `${url}/version` });
  const appVersion = version.status === 200 ? (JSON.parse(version.text) as { version: string }).version : null;
  return { policy: policyOf(audit.headers), auditStatus: audit.status, appVersion };
}

export const policyOf = (headers: Readonly<Record<string, string | string[] | undefined>>): string | null =>
  [headers['x-policy'] ?? []].flat()[0] ?? null;

/** The policy document that the control plane holds: what was accepted, not what is effective anywhere. */
export const readAcceptedPolicy = ({ controlPlane }: CaddyLab): Promise<Record<string, unknown>> =>
  callJson({ url: `${controlPlane.url}/policy` });

/** Oldest first. */
export async function configWrites({ controlPlane }: CaddyLab): Promise<ConfigWrite[]> {
  const lines = (await readFile(controlPlane.process.logFile, 'utf8')).split('\n');
  const writes: { -readonly [K in keyof ConfigWrite]: ConfigWrite[K] }[] = [];
  for (const line of lines) {
    const entry = parse(line);
    if (entry?.logger !== 'admin.api') continue;
    // The log has no id of a request; the admin API takes one write after the other, so an error belongs to the last one.
    if (entry.msg === 'request error') writes.slice(-1).forEach((write) => (write.refused = true));
    else if (entry.msg === 'received request' && entry.method !== 'GET') writes.push(writeOf(entry));
  }
  return writes;
}

interface LogEntry {
  readonly logger?: string;
  readonly msg?: string;
  /** Seconds. */
  readonly ts: number;
  readonly method?: string;
  readonly uri?: string;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
}

function parse(line: string): LogEntry | null {
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return null;
  }
}

const writeOf = ({ ts, method = '', uri = '', headers = {} }: LogEntry): ConfigWrite => ({
  atMs: ts * 1000,
  method,
  uri,
  userAgent: headers['User-Agent']?.[0] ?? null,
  change: headers['X-Causeway-Step']?.[0] ?? null,
  refused: false,
});

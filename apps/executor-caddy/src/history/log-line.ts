import { z } from 'zod';

/** A request at the admin address, as the log tells it before it is done. */
export interface AdminRequest {
  /** The log's own name of it: time and connection. The same wherever the line is read. */
  readonly id: string;
  /** Caddy's clock, Unix milliseconds. */
  readonly atMs: number;
  readonly method: string;
  readonly uri: string;
  readonly address: string;
  readonly userAgent: string | null;
  /** What our executor leaves: the attempt. */
  readonly step: string | null;
  /** What our observer leaves: which look. */
  readonly look: string | null;
  readonly conditional: boolean;
}

/** What the log says, as far as it matters here. How a write ended stands in lines of their own, which do not name it. */
export type LogEvent =
  | { readonly kind: 'request'; readonly request: AdminRequest }
  /** A configuration was taken, or was the same already. */
  | { readonly kind: 'taken'; readonly changed: boolean }
  | { readonly kind: 'error'; readonly atMs: number; readonly status: number; readonly text: string }
  /** The control plane is about to begin anew with the configuration that it had: each one taken was saved before it was answered. */
  | { readonly kind: 'resuming' }
  /** The control plane began anew with the configuration that it was started with. */
  | { readonly kind: 'started'; readonly atMs: number };

const instantOf = z.union([z.number().transform((seconds) => seconds * 1_000), z.string().transform(Date.parse)]);
const line = z.object({
  ts: instantOf,
  msg: z.string(),
  method: z.string().default(''),
  uri: z.string().default(''),
  remote_ip: z.string().default(''),
  remote_port: z.string().default(''),
  headers: z.record(z.string(), z.array(z.string())).default({}),
  status_code: z.number().default(0),
  error: z.string().default(''),
});
type Line = z.output<typeof line>;

/** null: nothing that matters here, or no line of Caddy's JSON log. */
export function eventOf(text: string): LogEvent | null {
  const parsed = text.startsWith('{') ? line.safeParse(jsonOf(text)) : null;
  if (!parsed?.success) return null;
  const said = parsed.data;
  switch (said.msg) {
    case 'received request':
      return { kind: 'request', request: requestOf(said) };
    case 'request error':
      return { kind: 'error', atMs: said.ts, status: said.status_code, text: said.error };
    case 'autosaved config (load with --resume flag)':
      return { kind: 'taken', changed: true };
    case 'config is unchanged':
      return { kind: 'taken', changed: false };
    case 'resuming from last configuration':
    case '--config and --resume flags were used together; ignoring --config and resuming from last configuration':
      return { kind: 'resuming' };
    case 'serving initial configuration':
      return { kind: 'started', atMs: said.ts };
    default:
      return null;
  }
}

function requestOf({ ts, method, uri, remote_ip, remote_port, headers }: Line): AdminRequest {
  const header = (name: string): string | null => headers[name]?.[0] ?? null;
  return {
    id: `${ts / 1_000} ${remote_ip}:${remote_port}`,
    atMs: ts,
    ...{ method, uri, address: remote_ip },
    userAgent: header('User-Agent'),
    step: header('X-Causeway-Step'),
    look: header('X-Causeway-Look'),
    conditional: header('If-Match') !== null,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

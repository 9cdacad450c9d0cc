import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readServices, type ServiceAddresses } from '@causeway/self-check';
import { z } from 'zod';
import { CliFailure, EXIT } from './exit-codes';

export const OUTPUTS = ['table', 'json', 'yaml', 'jsonl'] as const;
export type Output = (typeof OUTPUTS)[number];

export interface Settings {
  readonly server: string;
  readonly token: string | null;
  /** Where the services answer about themselves; none: only the console is known. */
  readonly services: ServiceAddresses;
  readonly output: Output;
  readonly colour: boolean;
}

/** Flags of every command, as commander gives them. */
export interface GlobalFlags {
  readonly server?: string;
  readonly token?: string;
  readonly output?: Output;
}

const DEFAULT_SERVER = 'http://127.0.0.1:8480';

const configFile = z.strictObject({
  server: z.string().optional(),
  token: z.string().optional(),
  services: z.string().optional(),
  output: z.enum(OUTPUTS).optional(),
});

/** Flag before environment before file before default. */
export function settingsFrom(
  flags: GlobalFlags,
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): Settings {
  const file = readConfig(env);
  return {
    server: serverOf(flags.server ?? env.CAUSEWAY_SERVER ?? file.server ?? DEFAULT_SERVER),
    token: flags.token ?? env.CAUSEWAY_TOKEN ?? file.token ?? null,
    services: servicesOf(env.CAUSEWAY_SERVICES ?? file.services ?? ''),
    output: flags.output ?? file.output ?? 'table',
    colour: isTerminal && !env.NO_COLOR && env.TERM !== 'dumb',
  };
}

const configPath = (env: Readonly<Record<string, string | undefined>>): string =>
  env.CAUSEWAY_CONFIG ?? join(env.XDG_CONFIG_HOME ?? join(env.HOME ?? homedir(), '.config'), 'causeway', 'config.json');

function readConfig(env: Readonly<Record<string, string | undefined>>): z.output<typeof configFile> {
  const path = configPath(env);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && env.CAUSEWAY_CONFIG === undefined) return {};
    throw new CliFailure(EXIT.badInput, `cannot read the config file ${path}: ${(error as Error).message}`);
  }
  const parsed = configFile.safeParse(jsonOrNull(text));
  if (parsed.success) return parsed.data;
  const form = '{"server": "http://127.0.0.1:8480", "token": "...", "output": "table"}';
  throw new CliFailure(
    EXIT.badInput,
    `the config file ${path} is not of the form ${form}`,
    z.prettifyError(parsed.error),
  );
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function servicesOf(text: string): ServiceAddresses {
  try {
    return readServices(text);
  } catch (error) {
    throw new CliFailure(EXIT.usage, (error as Error).message);
  }
}

function serverOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:'))
    return url.origin + url.pathname.replace(/\/+$/, '');
  throw new CliFailure(EXIT.usage, `not a server address: ${text}`, 'give it like http://127.0.0.1:8480');
}

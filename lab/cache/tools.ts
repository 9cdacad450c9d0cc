import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How people get a tool: the package of Debian and Ubuntu, and the one of Homebrew. */
const sources = {
  java: { apt: 'openjdk-17-jre-headless', brew: 'openjdk@17' },
  mvn: { apt: 'maven', brew: 'maven' },
  python3: { apt: 'python3 python3-pip', brew: 'python' },
  npm: { apt: 'npm', brew: 'node' },
  tar: { apt: 'tar', brew: 'gnu-tar' },
} as const;

export type Tool = keyof typeof sources;

/** The program's path, or an error that says what needs it and how to get it. */
export function requireTool(tool: Tool, neededFor: string, path = process.env['PATH'] ?? ''): string {
  const found = findTool(tool, path);
  if (found) return found;
  const { apt, brew } = sources[tool];
  throw new Error(
    `${neededFor} needs "${tool}", which is not in PATH. Get it with "apt install ${apt}" (Debian, Ubuntu) or "brew install ${brew}" (macOS).`,
  );
}

/** What Kafka and Keycloak are compiled for. */
const OLDEST_JAVA = 17;

/** A Java that is new enough, or an error that says what needs it and how to get it. macOS has a `java` that only asks for one. */
export function requireJava(neededFor: string, path?: string): string {
  const java = requireTool('java', neededFor, path);
  const { stderr = '' } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  // "17.0.15", and "1.8.0" for Java 8.
  const version = Number(/version "(?:1\.)?(\d+)/.exec(stderr)?.[1] ?? 0);
  if (version >= OLDEST_JAVA) return java;
  const { apt, brew } = sources.java;
  const found = version === 0 ? 'is none that runs' : `is Java ${version}`;
  throw new Error(
    `${neededFor} needs Java ${OLDEST_JAVA} or newer; ${java} ${found}. Get it with "apt install ${apt}" (Debian, Ubuntu), or with ` +
      `"brew install ${brew}" and its bin folder first in PATH (macOS: export PATH="$(brew --prefix ${brew})/bin:$PATH").`,
  );
}

/** The first executable file of that name in PATH. */
export const findTool = (name: string, path = process.env['PATH'] ?? ''): string | null =>
  path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isProgram) ?? null;

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}

/** Runs a program to its end and gives what it printed. Throws with the command line and the end of its output. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer): void => void (output += chunk.toString());
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.on('close', (code) =>
      code === 0
        ? resolve(output)
        : reject(new Error(`"${[command, ...args].join(' ')}" ended with ${code}:\n${tail(output)}`)),
    );
  });
}

const tail = (output: string): string => output.trimEnd().split('\n').slice(-25).join('\n');

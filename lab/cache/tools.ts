import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How people get a tool: the package of Debian and Ubuntu, and the one of Homebrew. */
const sources = {
  java: { apt: 'default-jre-headless', brew: 'openjdk@17' },
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

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { CLI_SCRIPT, type World } from '../governed/world';
import { distFolder } from '../services/service-process';
import { paint, tell } from './tell';

export interface Answered {
  readonly question: string;
  readonly answer: string;
  readonly code: number;
}

/** Asks the CLI as a person would; what it says is on the terminal as it comes. */
export async function ask({ cliEnv }: World, ...args: string[]): Promise<Answered> {
  const question = `causeway ${args.map(quoted).join(' ')}`;
  tell(`\n${paint.strong(`$ ${question}`)}`);
  const child = spawn(process.execPath, [join(distFolder(), CLI_SCRIPT), ...args], {
    env: { ...process.env, ...cliEnv },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said.push(chunk);
      process.stdout.write(chunk);
    });
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit) => resolve(exit ?? 1));
  });
  return { question, answer: Buffer.concat(said).toString(), code };
}

const quoted = (arg: string): string => (/[\s"]/.test(arg) ? JSON.stringify(arg) : arg);

/** The same answer as data, without a word on the terminal. Throws when there is none. */
export async function askJson<T>(world: World, ...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await world.causeway(...args, '-o', 'json');
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new Error(`causeway ${args.join(' ')} answered no JSON (exit ${code}): ${stderr}${stdout}`);
  }
}

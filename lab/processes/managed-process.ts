import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetChild, rememberChild } from './leftovers';

/** How one process is started and when it counts as ready. */
export interface ProcessPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly logFile: string;
  /** True once it serves. Errors count as "not yet". */
  readonly isReady: () => Promise<boolean>;
  readonly readyWithinMs: number;
  /** Asked first when stopping; SIGKILL follows after the grace. */
  readonly stopSignal?: NodeJS.Signals;
  readonly graceMs?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** A running child process of ours. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Asks it to end, waits for the grace, then kills. Safe to call twice. */
  stop(): Promise<void>;
  /** SIGKILL at once, as a crash would. */
  kill(): Promise<void>;
  /** SIGSTOP: it keeps its ports and answers nothing. */
  pause(): void;
  resume(): void;
  /** Stops it if it runs, and starts it as it was started: same arguments, files and ports. Resolves when it is ready. */
  restart(): Promise<void>;
  /** Resolves when the life that runs now is over, whoever ended it. */
  ended(): Promise<void>;
}

/** One life of it. */
type Life = Omit<RunningProcess, 'name' | 'logFile' | 'restart'>;

const POLL_MS = 50;
const DEFAULT_GRACE_MS = 10_000;

/** Starts the process and waits until it is ready. Not ready in time, or ended: throws with the end of its log. */
export async function startProcess(plan: ProcessPlan): Promise<RunningProcess> {
  let life = await startLife(plan);
  return {
    name: plan.name,
    logFile: plan.logFile,
    get pid() {
      return life.pid;
    },
    stop: () => life.stop(),
    kill: () => life.kill(),
    pause: () => life.pause(),
    resume: () => life.resume(),
    ended: () => life.ended(),
    async restart() {
      await life.stop();
      life = await startLife(plan);
    },
  };
}

async function startLife(plan: ProcessPlan): Promise<Life> {
  const child = launch(plan);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${plan.name} could not be started: is ${plan.command} executable?`);
  rememberChild(pid, plan.name);
  void exited.then(() => forgetChild(pid));
  const running = lifeOf(plan, child, pid, exited);
  try {
    await waitUntilReady(plan, child);
  } catch (error) {
    await running.kill();
    throw error;
  }
  return running;
}

/** Own process group: Ctrl-C reaches us alone, and we stop the children in order. */
function launch(plan: ProcessPlan): ChildProcess {
  mkdirSync(dirname(plan.logFile), { recursive: true });
  const log = openSync(plan.logFile, 'a');
  const { cwd, uid, gid } = plan;
  const env = plan.env ?? process.env;
  const child = spawn(plan.command, [...plan.args], {
    cwd,
    uid,
    gid,
    env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  return child;
}

async function waitUntilReady(plan: ProcessPlan, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + plan.readyWithinMs;
  while (true) {
    if (hasEnded(child)) throw notReady(plan, `ended (${child.exitCode ?? child.signalCode}) before it was ready`);
    if (await plan.isReady().catch(() => false)) return;
    if (Date.now() > deadline) throw notReady(plan, `was not ready after ${plan.readyWithinMs / 1000} s`);
    await sleep(POLL_MS);
  }
}

function lifeOf(plan: ProcessPlan, child: ChildProcess, pid: number, exited: Promise<void>): Life {
  const kill = async (): Promise<void> => {
    child.ref();
    signalTo(-pid, 'SIGKILL');
    signalTo(pid, 'SIGKILL');
    await exited;
  };
  return {
    pid,
    kill,
    async stop() {
      if (hasEnded(child)) return;
      child.ref();
      signalTo(pid, plan.stopSignal ?? 'SIGTERM');
      signalTo(-pid, 'SIGCONT');
      const impatience = setTimeout(() => void kill(), plan.graceMs ?? DEFAULT_GRACE_MS);
      await exited;
      clearTimeout(impatience);
    },
    pause: () => signalTo(pid, 'SIGSTOP'),
    resume: () => signalTo(pid, 'SIGCONT'),
    ended: () => exited,
  };
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Nothing happens when it is gone already. */
function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const notReady = (plan: ProcessPlan, what: string): Error =>
  new Error(`${plan.name} ${what}. The end of ${plan.logFile}:\n${logTail(plan.logFile)}`);

function logTail(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
  } catch {
    return '(no log)';
  }
}

import { join } from 'node:path';
import { request } from 'undici';
import { freePorts } from '../processes/ports';
import { startProcess, type RunningProcess } from '../processes/managed-process';

/** How one of our services is started. */
export interface ServicePlan {
  readonly name: string;
  /** Script below dist/. */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where it listens; absent: any free port. */
  readonly port?: number;
  /** Counts as started once it lives, not only once it is ready: it may have to wait for its place. */
  readonly mayWait?: boolean | undefined;
}

/** One of our services as a process that a test may kill, pause and start again under the same address. */
export interface ServiceProcess {
  readonly name: string;
  readonly url: string;
  readonly logFile: string;
  pid(): number;
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Starts it again after a kill or a stop, with the same environment. Resolves when it is ready. */
  start(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Resolves when the process that runs now is over, whoever ended it. */
  ended(): Promise<void>;
}

const READY_WITHIN_MS = 90_000;

export async function startService(plan: ServicePlan, runDir: string): Promise<ServiceProcess> {
  const port = plan.port ?? ((await freePorts(1)) as [number])[0];
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(runDir, `${plan.name}.log`);
  let running: RunningProcess;
  const start = async (): Promise<void> => {
    running = await startProcess({
      name: plan.name,
      command: process.execPath,
      args: ['--enable-source-maps', ...nodeArguments(), join(distFolder(), plan.script)],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        LOG_LEVEL: 'info',
        CAUSEWAY_INSTANCE: plan.name,
        ...plan.env,
        HTTP_PORT: String(port),
        HTTP_HOST: '127.0.0.1',
      },
      logFile,
      isReady: () => answers(`${url}/health/${plan.mayWait ? 'live' : 'ready'}`),
      readyWithinMs: READY_WITHIN_MS,
    });
  };
  await start();
  return {
    name: plan.name,
    url,
    logFile,
    start,
    pid: () => running.pid,
    kill: () => running.kill(),
    stop: () => running.stop(),
    pause: () => running.pause(),
    resume: () => running.resume(),
    ended: () => running.ended(),
  };
}

/** More arguments for every service's Node, for measuring: CAUSEWAY_NODE_ARGS='--cpu-prof --cpu-prof-dir=profiles'. */
const nodeArguments = (): string[] => (process.env.CAUSEWAY_NODE_ARGS ?? '').split(' ').filter(Boolean);

async function answers(url: string): Promise<boolean> {
  const answer = await request(url, { headersTimeout: 2_000, bodyTimeout: 2_000 });
  await answer.body.dump();
  return answer.statusCode === 200;
}

/** Where the build puts everything: this file runs from there, or (under Jest) from the sources beside it. */
export const distFolder = (): string => {
  const here = __dirname;
  const [root] = here.split(join('dist', 'lab')) as [string];
  return here.includes(join('dist', 'lab')) ? join(root, 'dist') : join(here, '..', '..', 'dist');
};

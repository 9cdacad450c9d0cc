import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runTied } from './tied-child';

const HOOK = join(__dirname, '../../libs/executor-host/spec/run-typescript.cjs');
const CHILD = 'console.log(process.pid); setInterval(() => 0, 1000)';
const PARENT = `require(${JSON.stringify(join(__dirname, 'tied-child.ts'))}).runTied(['-e', ${JSON.stringify(CHILD)}], 'inherit')`;

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a child that is tied to its parent', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'given the parent is told to end by %s, ends too',
    async (signal) => {
      const parent = spawn(process.execPath, ['-r', HOOK, '-e', PARENT], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
      parent.kill(signal);
      const [code] = (await once(parent, 'exit')) as [number];
      expect(code).toBeGreaterThan(128);
      for (let i = 0; lives(Number(pid)) && i < 100; i++) await pause(50);
      expect(lives(Number(pid))).toBe(false);
    },
  );

  it('given it ends by itself, its exit code is told, and no signal is listened to any more', async () => {
    const before = process.listenerCount('SIGTERM');
    expect(await runTied(['-e', 'process.exit(3)'], 'ignore')).toBe(3);
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});

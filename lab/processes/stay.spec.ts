import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const HOOK = join(__dirname, '../../libs/executor-host/spec/run-typescript.cjs');
const SCRIPT = `process.once('SIGINT', () => undefined); require(${JSON.stringify(join(__dirname, 'stay.ts'))}).stay(); console.log('here')`;

describe('a process that stays', () => {
  it('is still there when nothing else keeps it', async () => {
    const child = spawn(process.execPath, ['-r', HOOK, '-e', SCRIPT], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      await pause(300);
      expect(child.exitCode).toBeNull();
    } finally {
      child.kill('SIGKILL');
    }
  });
});

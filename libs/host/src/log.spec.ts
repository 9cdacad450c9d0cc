import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HOOK = join(__dirname, '../../executor-host/spec/run-typescript.cjs');
const SAYS_AND_READS = `
  const { createLog } = require(${JSON.stringify(join(__dirname, 'log.ts'))});
  createLog('spec', 'info').info({}, 'the last word');
  process.stderr.write(require('node:fs').readFileSync(process.argv[1], 'utf8'));`;

describe('a line of the log', () => {
  it('is written when the call returns, so that the last word of a process stands last', () => {
    const folder = mkdtempSync(join(tmpdir(), 'causeway-log-'));
    const file = join(folder, 'log');
    const stdio = ['ignore', openSync(file, 'a'), 'pipe'] as const;
    const { stderr } = spawnSync(process.execPath, ['-r', HOOK, '-e', SAYS_AND_READS, file], { stdio: [...stdio] });
    expect(JSON.parse(stderr.toString())).toMatchObject({ level: 'info', service: 'spec', msg: 'the last word' });
    rmSync(folder, { recursive: true });
  });
});

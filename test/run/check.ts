import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** `npm run check`: everything that can be said about the code without running it. All parts run; all failures are shown. */
const bin = (name: string): string => join('node_modules', '.bin', name);

const PARTS: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']],
  ['types of the cores alone', bin('tsc'), ['--noEmit', '-p', 'tsconfig.cores.json']],
  ['lint', bin('eslint'), ['.']],
  [
    'doors',
    bin('depcruise'),
    ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'apps', 'libs', 'lab', 'bench', 'test'],
  ],
  ['dead code', bin('knip'), ['--no-progress']],
  ['schemas', process.execPath, ['dist/test/tidy/schemas.js', '--check']],
  ['tidy', process.execPath, ['dist/test/tidy/main.js']],
];

const failed = PARTS.filter(([name, command, args]) => {
  const started = Date.now();
  const done = spawnSync(command, args, { stdio: 'inherit' });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${done.status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  return done.status !== 0;
});

process.exit(failed.length === 0 ? 0 : 1);

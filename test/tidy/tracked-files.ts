import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Files of the project: tracked, or new and not ignored. Throws outside a git checkout. */
export function trackedFiles(): string[] {
  const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
  if (listed.status !== 0) throw new Error(`git ls-files: ${listed.stderr}`);
  return listed.stdout.split('\n').filter((file) => file !== '' && existsSync(file));
}

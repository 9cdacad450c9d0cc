/**
 * An observer whose target's history is a file, `history-<target>` in the folder, one line a change: `<id> <who> <name>`. Its sweeps
 * overlap on purpose, as those by time do.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CursorLost, type Observer, type SeenMutation } from '@causeway/executor-sdk';

const OVERLAP = 5;

export function journalObserver(folder: string, target: string): Observer {
  const lines = (): string[] => {
    if (existsSync(join(folder, `unreadable-${target}`))) throw new Error('the history cannot be read');
    return readFileSync(join(folder, `history-${target}`), 'utf8')
      .split('\n')
      .slice(0, -1);
  };
  return {
    everyMs: 50,
    begin: async () => lines().length,
    sweep: async (cursor) => {
      const all = lines();
      const after = cursor as number;
      if (all.length < after) throw new CursorLost(`the history has ${all.length} lines, ${after} were read before`);
      const read = all.slice(Math.max(0, after - OVERLAP));
      return { mutations: read.map(seen), cursor: all.length, gap: null };
    },
  };
}

function seen(line: string): SeenMutation {
  const [id, who, name] = line.split(' ') as [string, string, string];
  return {
    resource: `names/${name}`,
    change: 'put@v1',
    with: { name },
    effect: 'set',
    scopes: null,
    actor: { kind: 'user', name: who },
    channel: { client: 'hand', token: null, address: null },
    before: { kind: 'unknown' },
    after: { kind: 'known', value: name },
    by: who === 'executor' ? { kind: 'executor', attemptId: null } : { kind: 'other' },
    source: { id, detail: {} },
    happened: { kind: 'at', at: '2026-01-01T00:00:00.000Z' },
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../governed/world';
import { ask } from './ask';
import { heading, mustHold, tell } from './tell';

/** The ledger of the demo, closed: accounted for, exported, verified offline. */
export interface Books {
  readonly entries: number;
  readonly root: string;
  /** What the offline verifier said. */
  readonly verify: unknown;
  readonly held: boolean;
}

export async function closeTheBooks(world: World): Promise<Books> {
  const file = join(world.runDir, 'ledger.jsonl');
  heading('The ledger: every message accounted for, exported, and verified offline');
  const accounting = await world.accounting('--settle', '20s');
  tell(accounting.stdout.trimEnd());
  const exported = await ask(world, 'export', '--out', file);
  const verified = await ask(world, 'verify', file);
  const { stdout } = await world.causeway('verify', file, '--output', 'json');
  const held = [
    mustHold('produced = in ledger + duplicates + parked, for every partition', accounting.code === 0),
    mustHold(
      'the export verifies offline, classes, paths and windows computed again',
      exported.code + verified.code === 0,
    ),
  ];
  const verify = JSON.parse(stdout || 'null') as { readonly entries?: number; readonly root?: string } | null;
  return { entries: verify?.entries ?? linesOf(file), root: verify?.root ?? '', verify, held: held.every(Boolean) };
}

const linesOf = (file: string): number => readFileSync(file, 'utf8').trimEnd().split('\n').length;

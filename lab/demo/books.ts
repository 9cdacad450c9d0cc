import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../governed/world';
import type { Played } from './acts/act';
import { ask } from './ask';
import { countDiffers, seenExposures, sightsOf } from './second-count';
import { heading, mustHold, tell } from './tell';

/** The ledger of the demo, closed: accounted for, exported, verified offline. */
export interface Books {
  readonly entries: number;
  readonly root: string;
  /** What the offline verifier said. */
  readonly verify: unknown;
  readonly held: boolean;
}

export async function closeTheBooks(world: World, acts: readonly Played[]): Promise<Books> {
  const file = join(world.runDir, 'ledger.jsonl');
  heading('The ledger: every message accounted for, exported, and verified offline');
  const accounting = await world.accounting('--settle', '20s');
  tell(accounting.stdout.trimEnd());
  const exported = await ask(world, 'export', '--out', file);
  const verified = await ask(world, 'verify', file);
  const counted = countAgain(readFileSync(file, 'utf8'), acts);
  const { stdout } = await world.causeway('verify', file, '--output', 'json');
  const held = [
    mustHold('produced = in ledger + duplicates + parked, for every partition', accounting.code === 0),
    mustHold(
      'the export verifies offline, classes, paths and windows computed again',
      exported.code + verified.code === 0,
    ),
    mustHold(
      "the ledger's windows are those that the looks show, counted a second way: none missing, none made up",
      counted,
    ),
  ];
  const verify = JSON.parse(stdout || 'null') as { readonly entries?: number; readonly root?: string } | null;
  return { entries: verify?.entries ?? linesOf(file), root: verify?.root ?? '', verify, held: held.every(Boolean) };
}

/** Act by act: the windows that the service reported against the exposures in the exported looks themselves. */
function countAgain(ledger: string, acts: readonly Played[]): boolean {
  tell('\nThe looks in the export, counted a second way, member against member:');
  const differences = acts.flatMap(({ facts, picture: { number } }) => {
    if (facts.sequenceId === null) return [];
    const sights = sightsOf(ledger, facts.sequenceId);
    const differ = countDiffers(seenExposures(sights), facts.exposureWindows);
    tell(
      `  act ${number}: ${sights.length} looks that showed something new; ${facts.exposureWindows.length} window(s) reported; ` +
        (differ.length === 0 ? 'the same' : differ.join('; ')),
    );
    return differ;
  });
  return differences.length === 0;
}

const linesOf = (file: string): number => readFileSync(file, 'utf8').trimEnd().split('\n').length;

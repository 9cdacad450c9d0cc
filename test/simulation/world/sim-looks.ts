import { LookFailed, type Look } from '../../../apps/readiness-prober/src/look/look';
import type { MakeLook } from '../../../apps/readiness-prober/src/look/looks';
import { callOut, type Ground } from '../ports';
import { never, type SimProcess } from '../process';
import type { SimTarget } from './sim-target';

/** Observed values have this before the resource. */
export const OBSERVED_PREFIX = 'r.';

/** What replaces the prober's HTTP: a look at a simulated member, as its users see it. */
export function simLooks(targets: ReadonlyMap<string, SimTarget>, ground: Ground, process: SimProcess): MakeLook {
  return (probe, scope, member, asked) => {
    const place = probe.kind === 'http' ? probe.at[scope]?.[member] : undefined;
    const target = place && targets.get(new URL(place.url).hostname);
    return target ? lookAt(target, { scope, member, asked }, ground, process) : null;
  };
}

interface Asked {
  readonly scope: string;
  readonly member: string;
  readonly asked: readonly string[];
}

const lookAt =
  (target: SimTarget, { scope, member, asked }: Asked, ground: Ground, process: SimProcess): Look =>
  () => {
    const { faults, dice } = ground;
    const fault = faults.oneOf('look-unreachable', 'look-hangs', 'look-unreadable');
    if (fault === 'look-hangs') return never();
    return callOut(ground, { process, kind: 'look', of: target.name }, dice.between(2, 60), ({ twin }) => {
      if (fault === 'look-unreachable' || twin) throw new LookFailed('the connection was refused');
      const names = fault === 'look-unreadable' ? [] : asked;
      const values = names.map((name) => [
        name,
        target.shownBy(scope, member, name.slice(OBSERVED_PREFIX.length)) ?? null,
      ]);
      return { kind: 'observed' as const, values: Object.fromEntries(values) as Record<string, string | null> };
    });
  };

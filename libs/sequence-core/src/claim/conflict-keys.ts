import { limits, type FrozenStep } from '@causeway/contracts';
import { cut } from '../cut';
import { own } from '../own';
import type { Acceptance } from '../sequence/state';

/** A key that a sequence claims, and its first step that does; null: its plan names the key. */
export interface ClaimedKey {
  readonly key: string;
  readonly step: string | null;
}

/** Keys of resources have a `/`, keys that plans name have none. */
type Resource = Pick<FrozenStep, 'target' | 'change' | 'identifiedBy' | 'with'>;

/**
 * Names the resource that a step changes: its target, the kind of change whatever its version, and the parameters that say which one it
 * is about. The same resource always has the same key; it is not narrowed by scope, since regions share a resource.
 */
export function conflictKeyOf({ target, change, identifiedBy, with: parameters }: Resource): string {
  const kind = change.slice(0, change.lastIndexOf('@'));
  const which = identifiedBy.map((name) => `${name}=${canonical(own(parameters, name))}`).sort();
  return cut(`${target}/${kind}${which.length > 0 ? `?${which.join('&')}` : ''}`, limits.conflictKey);
}

/** All keys of an accepted sequence, each once. A step that was frozen without one claims nothing. */
export function conflictKeysOf({ plan, steps }: Pick<Acceptance, 'plan' | 'steps'>): ClaimedKey[] {
  const first = new Map<string, string | null>();
  for (const { id, conflictKey } of steps)
    if (conflictKey !== undefined && !first.has(conflictKey)) first.set(conflictKey, id);
  for (const key of plan.spec.conflictKeys ?? []) first.set(key, null);
  return [...first].map(([key, step]) => ({ key, step }));
}

/** JSON text that is the same for the same value, whatever the order of its keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${members.sort().join()}}`;
}

import { limits } from '@causeway/contracts';
import type { Evidence, Json } from './executor';

/** Evidence is a note, not an archive: it goes into a message of at most 256 KiB and into the ledger for ever. */
export const evidenceLimits = {
  /** JSON text, characters. */
  characters: 16 * 1024,
  /** Nesting, levels. */
  depth: 8,
  /** One string, characters. */
  text: limits.text,
  /** A field's name, characters. */
  name: 100,
} as const;

/**
 * Evidence as it may go into a message: plain JSON within the limits. What is too deep or no JSON becomes a note saying so;
 * when all of it is too large, only the fact and the size remain. Vendors' answers come through here, so nothing throws.
 */
export function boundedEvidence(evidence: Evidence): Record<string, Json> {
  const bounded = plainFields(evidence, 1);
  const characters = JSON.stringify(bounded).length;
  return characters <= evidenceLimits.characters ? bounded : { omitted: 'too large', characters };
}

function plain(value: unknown, depth: number): Json | undefined {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string')
    return value.length > evidenceLimits.text ? `${value.slice(0, evidenceLimits.text - 1)}…` : value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object') return undefined;
  if (depth >= evidenceLimits.depth) return 'omitted: too deep';
  return Array.isArray(value) ? value.map((item) => plain(item, depth + 1) ?? null) : plainFields(value, depth + 1);
}

function plainFields(fields: object, depth: number): Record<string, Json> {
  const taken: [string, Json][] = [];
  for (const [name, value] of Object.entries(fields)) {
    const json = plain(value, depth);
    if (json !== undefined && name !== '__proto__') taken.push([name.slice(0, evidenceLimits.name), json]);
  }
  return Object.fromEntries(taken);
}

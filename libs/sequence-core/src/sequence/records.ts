import { limits, type EvolutionRecord } from '@causeway/contracts';
import { jsonBytes } from '../json-bytes';

/**
 * The facts of one decision as the records that tell them, in order: one record, or as many as it takes for each to fit a message.
 * No fact is larger than a record: a plan is refused when it could lead to one, and a hold names only so many reasons.
 */
export function recordsOf(facts: readonly EvolutionRecord[]): EvolutionRecord[][] {
  if (facts.length < 2) return facts.length === 0 ? [] : [[...facts]];
  const records: EvolutionRecord[][] = [];
  let left = 0;
  for (const fact of facts) {
    const bytes = jsonBytes(fact) + 1;
    if (bytes > left || records.length === 0) {
      records.push([]);
      left = limits.recordedBytes;
    }
    (records.at(-1) as EvolutionRecord[]).push(fact);
    left -= bytes;
  }
  return records;
}

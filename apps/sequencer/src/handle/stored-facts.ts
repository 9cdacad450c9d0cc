import { RECORD_TYPE, type RecordData } from '@causeway/contracts';
import type { Draft, Sealed } from '@causeway/messaging';
import type { StoredFacts } from '../store/stream-store';

/**
 * The facts to store, cut out of the records that tell them: what is stored is what was signed, byte for byte.
 *
 * @param sealed the messages of the drafts, in the same order
 */
export const storedFacts = (drafts: readonly Draft[], sealed: readonly Sealed[]): StoredFacts[] =>
  drafts.flatMap(({ type, data }, i) => {
    if (type !== RECORD_TYPE) return [];
    const { sequenceId, version } = data as RecordData;
    return { sequenceId, version, json: recordsIn((sealed[i] as Sealed).value) };
  });

const NAME = '"records":';
/** The ends of the data and of the envelope. */
const REST = 2;

/** A record's list is the last thing in it, and nothing before it can hold its name: ids, times and numbers. */
function recordsIn(value: Buffer): Buffer {
  const list = value.subarray(value.indexOf(NAME) + NAME.length, value.length - REST);
  if (list[0] !== 0x5b || list[list.length - 1] !== 0x5d)
    throw new Error('broken invariant: a record does not end with its facts');
  return list;
}

/**
 * Defects of the real code that this simulation has found and that are not mended yet. While one is listed, runs are made as if it were
 * mended (or keep away from it), so that everything else can be held to "no violation"; `--strict` runs the code as it is. Mended: take
 * it out of here.
 */
export const KNOWN_DEFECTS = {
  'records-overtake':
    'A commit whose answer is lost leaves its rows to the sweep, 2 s later; what is decided meanwhile is sent first. So records of one ' +
    'sequence come out of the order of their versions, on the topic and in the ledger (I12, I13).',
  'stale-state-decides':
    'With two sequencers, a remembered state that the other has moved on is noticed only when a fact is appended. An input that decides ' +
    'nothing on it is lost, and a look at the clock writes the old head back, so that a sequence is never looked at again (I10).',
  'claim-under-a-forgotten-lease':
    'An executor that slept past its lease, and whose row in workers was forgotten meanwhile, still takes commands under it when it wakes. ' +
    'Nobody ever takes such a claim over: the step stays commanded for ever (I10).',
  'zombie-writes-without-a-look':
    'The lease is checked when a command begins, not between its look and its write: an executor that slept in between writes after another ' +
    'one has taken its claim over and written (I6; for class C unseen in the ledger).',
  'replaced-while-restoring':
    'A ledger that is replaced while it restores may read heads before and entries after the new writer has appended, and ends itself with ' +
    '"the ledger disagrees with itself ... restore the tables from a backup" instead of "another ledger writer has taken the log" (H1).',
} as const;
export type KnownDefect = keyof typeof KNOWN_DEFECTS;

/** Whether a run is made as if this were mended. */
export const asIfMended = (defect: KnownDefect, { strict }: { readonly strict: boolean }): boolean =>
  !strict && defect in KNOWN_DEFECTS;

/**
 * Defects of the real code that this simulation has found and that are not mended yet. While one is listed, runs are made as if it were
 * mended (or keep away from it), so that everything else can be held to "no violation"; `--strict` runs the code as it is. Mended: take
 * it out of here.
 */
export const KNOWN_DEFECTS = {
  'records-overtake':
    'Two sequencers have a relay each: what one has decided and cannot send yet is overtaken by what the other decides after it. So records ' +
    'of one sequence come out of the order of their versions, on the topic and in the ledger (I12, I13).',
  'stale-state-decides':
    'With two sequencers, a remembered state that the other has moved on is noticed only when a fact is appended. An input that decides ' +
    'nothing on it is lost, and a look at the clock writes the old head back, so that a sequence is never looked at again (I10).',
  'silence-heard-by-another':
    'With two sequencers, when a prober last reported is remembered by the one that took the message; the other one, at the clock, holds the ' +
    'gate as "missing" and asks again. They take turns for ever: two facts every two seconds, and no end of probes.',
  'taken-over-and-not-told':
    "When the answer to taking claims over is lost, the claims are this process's in the table and nobody's in memory; only a restart finds " +
    'them (I10). Taking new commands in has the same fault and knows it.',
  'claim-under-a-forgotten-lease':
    'An executor that slept past its lease, and whose row in workers was forgotten meanwhile, still takes commands under it when it wakes. ' +
    'Nobody ever takes such a claim over: the step stays commanded for ever (I10).',
  'zombie-writes-without-a-look':
    'The lease is checked when a command begins, not between its look and its write: an executor that slept in between writes after another ' +
    'one has taken its claim over and written (I6; for class C unseen in the ledger).',
  'a-repeat-is-not-told':
    'After a crash, what the first run had written may be overwritten by others (or arrive late): the next run looks, finds it absent, writes ' +
    'again and reports a plain "applied". Two effects, and nothing in the ledger says so (I6).',
  'a-replaced-ledger-calls-it-damage':
    "A ledger that another has replaced may see the other's entries (while it restores, or after an append that failed on the way) and ends " +
    'itself with "the ledger disagrees with itself ... restore the tables from a backup" instead of "another writer has taken the log" (H1).',
} as const;
export type KnownDefect = keyof typeof KNOWN_DEFECTS;

/** Whether a run is made as if this were mended. */
export const asIfMended = (defect: KnownDefect, { strict }: { readonly strict: boolean }): boolean =>
  !strict && defect in KNOWN_DEFECTS;

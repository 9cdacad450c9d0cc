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
} as const;
export type KnownDefect = keyof typeof KNOWN_DEFECTS;

/** Whether a run is made as if this were mended. */
export const asIfMended = (defect: KnownDefect, { strict }: { readonly strict: boolean }): boolean =>
  !strict && defect in KNOWN_DEFECTS;

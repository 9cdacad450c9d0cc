import type { EvolutionRecord, HoldReason } from '@causeway/contracts';
import type { ActFacts } from './act';

interface Held {
  readonly gate: string;
  readonly reason: HoldReason;
  until: string | null;
}

/** Reasons that only an operator's word ends. */
const isOperators = ({ reason }: HoldReason): boolean =>
  reason === 'not-begun' || reason === 'out-of-sequence' || reason === 'stopped';
const nameOf = (gate: string | null): string => gate ?? 'the end';
const isSame = (a: HoldReason, b: HoldReason): boolean =>
  a.step === b.step && a.scope === b.scope && a.member === b.member && a.reason === b.reason && a.since === b.since;

/**
 * Every reason that a gate was held for, from the records of its sequence in their order: it lasts until the gate is held without it,
 * opens, or an operator decides.
 */
export function holdsIn(records: readonly EvolutionRecord[]): ActFacts['holds'] {
  const all: Held[] = [];
  const end = (at: string, ends: (held: Held) => boolean): void =>
    all.filter((held) => held.until === null && ends(held)).forEach((held) => (held.until = at));
  for (const fact of records) {
    if (fact.kind === 'gate-held') hold(fact, all, end);
    if (fact.kind === 'gate-opened') end(fact.at, ({ gate }) => gate === nameOf(fact.step));
    if (fact.kind === 'sequence-resumed') end(fact.at, ({ reason }) => isOperators(reason));
    if (fact.kind === 'sequence-ended') end(fact.at, () => true);
  }
  return [...new Set(all.map(({ gate }) => gate))].map((step) => ({
    step,
    reasons: all
      .filter(({ gate }) => gate === step)
      .map(({ reason: { scope, member, since }, until }) => ({ scope, member, since, until })),
  }));
}

function hold(
  { step, because, at }: Extract<EvolutionRecord, { kind: 'gate-held' }>,
  all: Held[],
  end: (at: string, ends: (held: Held) => boolean) => void,
): void {
  const gate = nameOf(step);
  end(at, (held) => held.gate === gate && !because.some((reason) => isSame(reason, held.reason)));
  const isOpen = (reason: HoldReason): boolean =>
    all.some((held) => held.gate === gate && held.until === null && isSame(reason, held.reason));
  for (const reason of because) if (!isOpen(reason)) all.push({ gate, reason, until: null });
}

import { stepOf, type WorldWrite } from '../world/journal';
import { REGIONS } from '../world/plan';
import { factsOf, type Evidence, type ToldSequence } from './evidence';
import type { Violation } from './violation';

/** Writes with an effect by `<sequence id>/<step>`, oldest first. */
export function effectsByStep(journal: readonly WorldWrite[]): Map<string, WorldWrite[]> {
  const found = new Map<string, WorldWrite[]>();
  for (const write of journal) {
    if (!write.effect) continue;
    const name = stepOf(write);
    const ofStep = found.get(name);
    if (ofStep) ofStep.push(write);
    else found.set(name, [write]);
  }
  return found;
}

const partsOf = (name: string): [string, string] => name.split('/') as [string, string];

/** The ledger tells that the step may have taken effect more than once, or that nobody knew. */
export const isDoubtTold = (sequence: ToldSequence | undefined, step: string): boolean =>
  [...factsOf(sequence, 'outcome-unknown'), ...factsOf(sequence, 'duplicate-suspected')].some(
    (fact) => fact.step === step,
  );

/** I6: a step has at most one effect in the world, or the ledger tells the doubt. */
export function* noDoubleGoesUnnoticed({ journal, told }: Evidence): Iterable<Violation> {
  for (const [name, writes] of effectsByStep(journal)) {
    const [sequenceId, step] = partsOf(name);
    const sequence = told.get(sequenceId);
    if (writes.length < 2 || isDoubtTold(sequence, step)) continue;
    const detail = `${step} (class ${writes[0]?.capability}) took effect ${writes.length} times and nothing tells so`;
    yield { kind: 'doubled-unnoticed', detail, sequenceId, facts: sequence?.facts, writes };
  }
}

export function doubled({ journal, told }: Evidence): { noticed: number; unnoticed: number } {
  const names = [...effectsByStep(journal)].filter(([, writes]) => writes.length > 1).map(([name]) => partsOf(name));
  const noticed = names.filter(([sequenceId, step]) => isDoubtTold(told.get(sequenceId), step)).length;
  return { noticed, unnoticed: names.length - noticed };
}

/** What the ledger calls applied, the world did; what it calls not applied for good, it did not, unless the ledger tells the doubt. */
export function* theLedgerTellsWhatWas({ journal, told }: Evidence): Iterable<Violation> {
  const effects = effectsByStep(journal);
  for (const [sequenceId, sequence] of told) {
    const { facts } = sequence;
    for (const { step } of factsOf(sequence, 'step-applied')) {
      if (effects.has(`${sequenceId}/${step}`)) continue;
      yield { kind: 'applied-without-effect', detail: `${step} is told applied and has no effect`, sequenceId, facts };
    }
    for (const { step, final } of factsOf(sequence, 'step-not-applied')) {
      const writes = effects.get(`${sequenceId}/${step}`);
      if (!final || !writes || isDoubtTold(sequence, step)) continue;
      yield {
        kind: 'effect-told-as-none',
        detail: `${step} is told not applied for good and has an effect`,
        sequenceId,
        facts,
        writes,
      };
    }
  }
}

/** By the world's clock: no step took effect before every step it needs showed in every region. */
export function* noGateOpenedEarly({ journal, told }: Evidence): Iterable<Violation> {
  const effects = effectsByStep(journal);
  for (const [sequenceId, sequence] of told) {
    for (const { id, needs } of factsOf(sequence, 'sequence-accepted').flatMap(({ steps }) => steps)) {
      const first = effects.get(`${sequenceId}/${id}`)?.[0];
      for (const need of first ? needs : []) {
        const before = effects.get(`${sequenceId}/${need}`)?.[0];
        if (before && shownEverywhereAt(before) <= (first as WorldWrite).at) continue;
        const detail = `${id} took effect before ${need} showed in every region`;
        const writes = [...(before ? [before] : []), first as WorldWrite];
        yield { kind: 'gate-without-evidence', detail, sequenceId, facts: sequence.facts, writes };
      }
    }
  }
}

const shownEverywhereAt = ({ effectiveAt }: WorldWrite): number =>
  Math.max(...REGIONS.map((region) => effectiveAt[region] ?? Infinity));

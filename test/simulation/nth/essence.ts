import { CLASSIFICATION_TYPE, type EvolutionRecord } from '@causeway/contracts';
import type { Evidence } from '../check/evidence';

/**
 * What a run comes to once everything is left out that only tells of trouble and of how it was overcome: what was decided about
 * each sequence in its order, what other people changed, and how the world was left.
 */
export function essenceOf({ told, lines, house }: Evidence): string[] {
  const decided = [...told].flatMap(([sequenceId, facts]) => [
    ...new Set(facts.flatMap(({ fact }) => (essential(fact) ? [`${sequenceId} ${textOf(fact)}`] : []))),
  ]);
  const foreign = lines.flatMap(({ message }) =>
    message.type === CLASSIFICATION_TYPE && message.data.by === 'other'
      ? [`${message.data.target}: somebody's change is ${message.data.class}`]
      : [],
  );
  const world = [...house.targets].flatMap(([name, target]) =>
    Object.entries(target.inEffect()).map(([resource, value]) => `${name} ${resource}: ${value}`),
  );
  return [...decided, ...foreign.sort(), ...world.sort()];
}

/** Other facts tell of holds, doubts, repeated attempts, looks, and of what was refused or came twice; and these count once. */
const ESSENTIAL: ReadonlySet<string> = new Set<EvolutionRecord['kind']>([
  'sequence-accepted',
  'intent-rejected',
  'gate-opened',
  'step-applied',
  'step-ready',
  'sequence-aborted',
  'sequence-ended',
]);

const essential = ({ kind }: EvolutionRecord): boolean => ESSENTIAL.has(kind);

function textOf(fact: EvolutionRecord): string {
  const step = 'step' in fact ? (fact.step ?? 'the end') : '';
  if (fact.kind === 'gate-opened')
    return `${fact.kind} ${step} on ${fact.evidence
      .map(
        (cited) =>
          `${cited.step} in ${cited.scopes
            .map(({ scope }) => scope)
            .sort()
            .join()}`,
      )
      .join()}`;
  return `${fact.kind} ${fact.kind === 'sequence-ended' ? fact.outcome : step}`;
}

import { CLASSIFICATION_TYPE, MUTATION_TYPE, type EvolutionRecord } from '@causeway/contracts';
import { gapless, type Evidence } from './evidence';
import { violation, type Violation } from './violation';

/** I9: at a quiet moment, what was changed at an observed target since it is observed is in the ledger, once, and has one class. */
export function* changesAreSeen({ lines, house, scenario }: Evidence): Iterable<Violation> {
  const seen = new Map<string, string>();
  const classed = new Map<string, number>();
  for (const { message } of lines) {
    if (message.type === CLASSIFICATION_TYPE)
      classed.set(message.data.mutation, (classed.get(message.data.mutation) ?? 0) + 1);
    if (message.type !== MUTATION_TYPE) continue;
    const name = `${message.data.target}/${message.data.source.id}`;
    if (seen.has(name)) yield violation('I9', `the change ${name} was told twice`);
    seen.set(name, message.id);
  }
  for (const [mutation, times] of classed)
    if (times > 1) yield violation('I9', `mutation ${mutation} was classed ${times} times`);
  if (scenario.mode !== 'liveness' || !scenario.isObserved) return;
  for (const [target, { history, observedFrom }] of house.targets)
    for (let nr = observedFrom ?? 0; nr < history.length; nr++) {
      const mutation = seen.get(`${target}/${nr}`);
      if (mutation === undefined) yield violation('I9', `the change ${target}/${nr} was never told`);
      else if (!classed.has(mutation)) yield violation('I9', `the change ${target}/${nr} has no class`);
    }
}

/** I9: from a change that holds on, nothing new is applied until somebody has accepted it. */
export function* heldUntilAccepted({ told }: Evidence): Iterable<Violation> {
  for (const facts of told.values()) {
    const holding = new Set<string>();
    for (const { fact } of gapless(facts)) {
      if (fact.kind === 'mutation-noticed' && fact.holds) holding.add(fact.mutation);
      if (fact.kind === 'sequence-resumed') for (const id of fact.accepted) holding.delete(id);
      if (holding.size > 0 && isNew(fact))
        yield violation('I9', `${fact.kind} while the mutation ${[...holding].join(', ')} waits for a decision`);
    }
  }
}

const isNew = (fact: EvolutionRecord): boolean =>
  fact.kind === 'gate-opened' || (fact.kind === 'step-commanded' && fact.verb === 'apply');

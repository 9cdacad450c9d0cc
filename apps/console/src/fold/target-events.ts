import { RECORD_TYPE, type EvolutionRecord } from '@causeway/contracts';
import type { TargetEvent } from '@causeway/console-api';
import type { SequenceState } from '@causeway/sequence-core';
import type { Folded } from './folded';
import type { Recorded } from './recorded';

/** A row of a target's history; `ordinal` orders the rows of one entry. */
export interface TargetRow extends Omit<TargetEvent, 'index'> {
  readonly index: number;
  readonly ordinal: number;
}

type Moment = Pick<TargetRow, 'what' | 'scope' | 'at' | 'detail'> & { readonly step: string; readonly attempt: number };

/**
 * What an entry says about targets.
 * @param before the sequence before this entry, @param after the sequence with it folded in
 */
export function targetRowsOf(before: Folded, after: Folded, entry: Recorded): TargetRow[] {
  if (entry.message.type !== RECORD_TYPE || after.fault !== null) return [];
  const { state } = after;
  if (state.status !== 'open' && state.status !== 'ended') return [];
  const { acceptance } = state;
  const shown = shownBefore(before.state);
  return entry.message.data.records
    .flatMap((fact) => momentsOf(fact, shown))
    .map((moment, ordinal) => {
      const step = acceptance.steps.find(({ id }) => id === moment.step);
      return {
        ...moment,
        index: entry.index,
        ordinal,
        target: step?.target ?? moment.step,
        change: step?.change ?? '',
        sequenceId: after.sequenceId,
        plan: acceptance.plan.metadata.name,
        requestedBy: acceptance.requestedBy,
        recordedAt: entry.recordedAt,
      };
    });
}

/** `step/scope` that were shown already: they became effective in an earlier entry. */
function shownBefore(state: SequenceState): Set<string> {
  if (state.status !== 'open' && state.status !== 'ended') return new Set();
  return new Set(
    Object.entries(state.steps).flatMap(([id, step]) =>
      step.phase === 'applied' || step.phase === 'ready' ? step.shown.map(({ scope }) => `${id}/${scope}`) : [],
    ),
  );
}

function momentsOf(fact: EvolutionRecord, shown: Set<string>): Moment[] {
  switch (fact.kind) {
    case 'step-commanded':
      return fact.verb === 'apply' ? [{ ...ofStep(fact), what: 'commanded', detail: null }] : [];
    case 'step-applied':
      return [{ ...ofStep(fact), at: fact.acceptedAt, what: fact.changed ? 'applied' : 'already-so', detail: null }];
    case 'step-not-applied':
      return [{ ...ofStep(fact), what: 'not-applied', detail: `${fact.code}: ${fact.message}` }];
    case 'outcome-unknown':
    case 'duplicate-suspected':
      return [{ ...ofStep(fact), what: fact.kind, detail: fact.reason }];
    case 'scope-ready':
      shown.add(`${fact.step}/${fact.shown.scope}`);
      return [
        { ...ofStep(fact), what: 'effective', scope: fact.shown.scope, at: fact.shown.effectiveAt, detail: null },
      ];
    case 'step-ready':
      return fact.scopes
        .filter(({ scope }) => !shown.has(`${fact.step}/${scope}`))
        .map(({ scope, effectiveAt }) => ({
          ...ofStep(fact),
          what: 'effective',
          scope,
          at: effectiveAt,
          detail: null,
        }));
    case 'scope-withdrawn':
      shown.delete(`${fact.step}/${fact.scope}`);
      return [{ ...ofStep(fact), what: 'withdrawn', scope: fact.scope, detail: 'it no longer shows the change' }];
    default:
      return [];
  }
}

const ofStep = ({ step, attempt, at }: { step: string; attempt: number; at: string }) => ({
  step,
  attempt,
  at,
  scope: null,
});

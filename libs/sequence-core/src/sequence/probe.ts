import type { FrozenStep, ProbeData } from '@causeway/contracts';
import type { Context } from './context';
import type { Draft } from './decision';
import type { OpenSequence } from './state';

/** Longest that one probe request looks; the clock asks again when it went silent. */
const LOOK_FOR_MS = 3_600_000;

/** Asks the prober to look at a step's frozen members, and records that it was asked. */
export function requestProbe(draft: Draft<OpenSequence>, context: Context, step: FrozenStep, attempt: number): void {
  if (!step.show) throw new Error(`broken invariant: step ${step.id} needs no look`);
  const data: ProbeData = {
    sequenceId: context.sequenceId,
    step: step.id,
    attempt,
    epoch: draft.state.epoch,
    target: step.target,
    rung: step.rung,
    probe: step.show.probe,
    scopes: step.scopes,
    expect: step.show.expect,
    consecutive: step.consecutive,
    lookForMs: LOOK_FOR_MS,
  };
  const id = draft.tools.newId();
  draft.add({ kind: 'probe-requested', step: step.id, attempt, probeId: id, rung: step.rung, at: draft.at });
  draft.order({ kind: 'probe', id, data });
}

import type { ClassificationData, MutationData } from '@causeway/contracts';
import {
  classify,
  evolveTarget,
  NEWEST_RULES,
  sequencesFor,
  UNTOUCHED,
  type FoldedMutation,
  type SequenceState,
  type TargetState,
} from '@causeway/sequence-core';

/** A change of `set@v1` that somebody made by hand. */
export const exampleMutation = (more: Partial<MutationData> = {}): MutationData => ({
  target: 'idp',
  resource: 'values/one',
  change: 'set@v1',
  with: { value: 'new' },
  effect: 'set',
  scopes: null,
  actor: { kind: 'user', name: 'idp-team' },
  channel: { client: 'admin-cli', token: null, address: '127.0.0.1' },
  before: { kind: 'unknown' },
  after: { kind: 'unknown' },
  by: { kind: 'other' },
  source: { id: 'event-1', detail: {} },
  happened: { kind: 'at', at: '2026-01-01T03:00:00.000Z' },
  history: 'timestamped-log',
  observedAt: '2026-01-01T03:00:01.000Z',
  ...more,
});

/** One target's stream told as a story, on the real classify and evolve. */
export class TargetStory {
  state: TargetState = UNTOUCHED;
  readonly stream: [ClassificationData, FoldedMutation][] = [];

  /** Its mutation's ids can be read: the n-th is ...n. */
  see(mutation: MutationData, sequences: Readonly<Record<string, SequenceState>> = {}): ClassificationData {
    const known = Object.entries(sequences).map(([sequenceId, state]) => ({ sequenceId, state }));
    const against = sequencesFor(mutation, known);
    const version = this.state.version + 1;
    const { match, class: found, by, reason, previous, holds } = classify(mutation, this.state, against, NEWEST_RULES);
    const fact: ClassificationData = {
      ...{ target: mutation.target, version, mutation: `00000000-0000-7000-9000-${String(version).padStart(12, '0')}` },
      ...{ digest: 'd'.repeat(64), previous, class: found, by, reason, match, holds, rules: NEWEST_RULES },
      against: against.map(({ sequenceId, state }) => ({
        sequenceId,
        version: state.status === 'absent' ? 0 : state.version,
      })),
    };
    this.state = evolveTarget(this.state, fact, mutation);
    this.stream.push([fact, mutation]);
    return fact;
  }
}

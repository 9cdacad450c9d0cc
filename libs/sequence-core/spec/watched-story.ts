import {
  CLASSIFICATION_TYPE,
  plan as planSchema,
  RECORD_TYPE,
  SIGHTING_TYPE,
  WATCH_TYPE,
  type EvolutionRecord,
  type FrozenStep,
  type MutationClass,
  type MutationData,
  type ResolvedExpectation,
  type Sight,
} from '@causeway/contracts';
import { foldPath, type PathEntry, type PathState } from '../src/index';

const SEQUENCE = '00000000-0000-8000-8000-00000000abcd';
const START = Date.UTC(2026, 0, 1, 3, 0, 0);

/** An instant of the story, milliseconds after its beginning. */
export const at = (ms: number): string => new Date(START + ms).toISOString();

export type StoryScopes = Readonly<Record<string, readonly string[]>>;
export interface StoryStep {
  readonly needs?: readonly string[];
  readonly scopes: StoryScopes;
  readonly unwatched?: true;
  /** Absent: `value` equals "new". */
  readonly expect?: readonly ResolvedExpectation[];
}

/** What a watch saw and the records said of one sequence, told entry by entry; times are milliseconds after the beginning. */
export class WatchedStory {
  readonly entries: PathEntry[] = [];
  state: PathState | null = null;

  constructor(
    readonly planScopes: readonly string[],
    readonly steps: Readonly<Record<string, StoryStep>>,
  ) {
    const frozen = Object.entries(steps).map(([id, step]) => frozenStep(id, step));
    this.record(0, {
      ...{ kind: 'sequence-accepted', key: 'CHG-1', mode: 'apply', publisher: 'ci', requestedBy: 'ci' },
      ...{ plan: planFor(planScopes, Object.keys(steps)), planDigest: 'a'.repeat(64), steps: frozen, semantics: 1 },
    });
    const watched = frozen.filter(({ id }) => !steps[id]?.unwatched);
    this.take(WATCH_TYPE, {
      ...{ sequenceId: SEQUENCE, epoch: 1 },
      steps: watched.map(({ id, target, scopes, show }) => ({
        ...{ step: id, target, probe: 'look', scopes, expect: show?.expect ?? [] },
      })),
    });
  }

  get known(): PathState {
    if (!this.state) throw new Error('nothing was accepted');
    return this.state;
  }

  /** A member shows the new value, the old one, or (null) does not answer, from (notBefore, seenAt] on. */
  sees(step: string, place: string, value: 'new' | 'old' | null, notBefore: number | null, seenAt: number): this {
    const [scope, member] = place.split('/') as [string, string];
    const outcome: Sight['outcome'] = value
      ? { kind: 'observed', values: { value } }
      : { kind: 'unreachable', reason: 'no answer within 2 s' };
    const since = notBefore === null ? null : at(notBefore);
    return this.sighting([{ step, scope, member, notBefore: since, seenAt: at(seenAt), outcome }], seenAt);
  }

  /** The first look of every watched member: all show the old value. */
  allOld(seenAt = 10): this {
    const sights = Object.entries(this.steps).flatMap(([step, { scopes, unwatched }]) =>
      Object.entries(unwatched ? {} : scopes).flatMap(([scope, members]) =>
        members.map((member): Sight => {
          const outcome: Sight['outcome'] = { kind: 'observed', values: { value: 'old' } };
          return { step, scope, member, notBefore: null, seenAt: at(seenAt), outcome };
        }),
      ),
    );
    return this.sighting(sights, seenAt);
  }

  sighting(sights: readonly Sight[], lookedUntil: number): this {
    return this.take(SIGHTING_TYPE, {
      ...{ sequenceId: SEQUENCE, watchId: SEQUENCE, epoch: 1, sights, lookedUntil: at(lookedUntil), last: false },
    });
  }

  commanded(step: string, ms: number): this {
    const ids = { commandId: SEQUENCE, commandDigest: 'b'.repeat(64) };
    return this.record(ms, { kind: 'step-commanded', verb: 'apply', step, attempt: 1, ...ids });
  }

  applied(step: string, ms: number, changed = true): this {
    const fact = { attempt: 1, changed, acceptedAt: at(ms), result: 'c'.repeat(64), settledByLookUp: false };
    return this.record(ms, { kind: 'step-applied', step, ...fact });
  }

  ready(step: string, ms: number, scopes = Object.keys(this.steps[step]?.scopes ?? {})): this {
    const shown = scopes.map((scope) => ({ scope, effectiveAt: at(ms), evidence: 'd'.repeat(64) }));
    return this.record(ms, { kind: 'step-ready', step, attempt: 1, rung: 'effective', scopes: shown });
  }

  scopeReady(step: string, ms: number, scope: string): this {
    const shown = { scope, effectiveAt: at(ms), evidence: 'd'.repeat(64) };
    return this.record(ms, { kind: 'scope-ready', step, attempt: 1, shown });
  }

  classified(
    step: string,
    itsClass: MutationClass,
    more: Partial<MutationData> & { actor?: MutationData['actor'] },
  ): this {
    const mutation = { by: { kind: 'other' }, effect: 'set', scopes: null, ...more } as MutationData;
    const data = {
      ...{ target: step, version: 1, mutation: SEQUENCE, digest: 'e'.repeat(64), previous: null, class: itsClass },
      ...{ by: mutation.by.kind, reason: 'told', match: { sequenceId: SEQUENCE, step }, against: [], holds: [] },
    };
    return this.take(CLASSIFICATION_TYPE, data, mutation);
  }

  record(ms: number, fact: object): this {
    const records = [{ ...fact, at: at(ms) } as EvolutionRecord];
    return this.take(RECORD_TYPE, { sequenceId: SEQUENCE, epoch: 1, version: 1, records });
  }

  private take(type: string, data: object, mutation?: MutationData): this {
    const entry = { index: this.entries.length, message: { type, data }, ...(mutation && { mutation }) };
    this.entries.push(entry as unknown as PathEntry);
    this.state = foldPath(this.state, entry as unknown as PathEntry);
    return this;
  }
}

const frozenStep = (id: string, { needs, scopes, unwatched, expect }: StoryStep): FrozenStep => ({
  ...{ id, target: id, executor: 'tester', change: 'set@v1', with: { value: 'new' }, identifiedBy: [] },
  ...{ needs: [...(needs ?? [])], capability: 'C', rung: unwatched ? 'accepted' : 'effective' },
  scopes: Object.entries(scopes).map(([scope, members]) => ({ scope, members: [...members] })),
  show: unwatched
    ? null
    : {
        probe: 'look',
        freshnessMs: 1_000,
        watched: true,
        expect: [...(expect ?? [{ observed: 'value', is: 'equals' as const, wanted: 'new' }])],
      },
  ...{ consecutive: 1, withinMs: 600_000 },
});

const planFor = (scopes: readonly string[], ids: readonly string[]) =>
  planSchema.parse({
    ...{ apiVersion: 'causeway/v1', kind: 'EvolutionPlan' },
    metadata: { name: 'story', owner: 'team-a', reason: 'a story' },
    spec: { scopes: [...scopes], steps: ids.map((id) => ({ id, target: id, change: 'set@v1' })) },
  });

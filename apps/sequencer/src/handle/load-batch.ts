import type { Tx } from '@causeway/persistence';
import { attemptOf, type SequenceState, type TargetState } from '@causeway/sequence-core';
import { loadStates, versionOf } from '../store/stream-store';
import { headsAround, loadTargets } from '../store/target-store';
import type { Loaded } from './batch';
import { isMutation, type Pending, type PendingMutation } from './pending';
import type { StateCache } from './state-cache';

/** States at hand, by stream. */
export interface Caches {
  readonly sequences: StateCache<SequenceState>;
  readonly targets: StateCache<TargetState>;
}

/** The states that a batch is decided on; with mutations, also those of the sequences they are held against. */
export async function loadBatch(tx: Tx, pending: readonly Pending[], caches: Caches): Promise<Loaded> {
  const mutations = pending.filter(isMutation);
  const named = pending.flatMap((one) => (isMutation(one) ? [] : one.sequenceId));
  const around = mutations.length > 0 ? await idsAround(tx, mutations, caches.sequences) : [];
  const sequences = await complete([...named, ...around], caches.sequences, (ids) => loadStates(tx, ids));
  const targets = await complete(
    mutations.map(({ target }) => target),
    caches.targets,
    (names) => loadTargets(tx, names),
  );
  return { sequences, targets };
}

/**
 * Ids of the sequences that mutations are held against. Another sequencer may have decided on them since: nothing is appended to
 * most of them, so no version conflict would tell. Those that are not as stored are forgotten here.
 */
async function idsAround(
  tx: Tx,
  mutations: readonly PendingMutation[],
  cache: StateCache<SequenceState>,
): Promise<string[]> {
  const named = mutations.flatMap(({ mutation }) => attemptOf(mutation)?.sequenceId ?? []);
  const heads = await headsAround(tx, [...new Set(mutations.map(({ target }) => target))], named);
  const isCurrent = ({ id, version }: (typeof heads)[number]): boolean => {
    const state = cache.get(id);
    return state === undefined || versionOf(state) === version;
  };
  cache.forget(heads.filter((head) => !isCurrent(head)).map(({ id }) => id));
  return heads.map(({ id }) => id);
}

async function complete<S>(
  ids: readonly string[],
  cache: StateCache<S>,
  load: (missing: string[]) => Promise<ReadonlyMap<string, S>>,
): Promise<Map<string, S>> {
  const wanted = [...new Set(ids)];
  const cached = wanted.map((id) => [id, cache.get(id)] as const);
  const missing = cached.flatMap(([id, state]) => (state === undefined ? id : []));
  const loaded = missing.length > 0 ? await load(missing) : new Map<string, S>();
  return new Map(cached.map(([id, state]) => [id, state ?? (loaded.get(id) as S)]));
}

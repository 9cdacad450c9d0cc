import type { Tx } from '@causeway/persistence';
import { ABSENT, attemptOf, ClaimBook, type SequenceState, type TargetState } from '@causeway/sequence-core';
import { loadStates, versionOf } from '../store/stream-store';
import { lastTurn, openHeads } from '../store/claim-store';
import { headsAround, loadTargets, type ResourceAt, type StoredHead } from '../store/target-store';
import type { Loaded } from './batch';
import { isMutation, type Pending, type PendingMutation } from './pending';
import type { StateCache } from './state-cache';

/** States at hand, by stream. */
export interface Caches {
  readonly sequences: StateCache<SequenceState>;
  /** Resources of targets, under {@link placeOf}: never more than is stored, but perhaps less. */
  readonly resources: StateCache<ResourceAt>;
  /** At most one, under {@link CLAIMS}: made at the first batch, moved with each, forgotten when one fails. */
  readonly claims: StateCache<ClaimBook>;
}

export const CLAIMS = 'claims';

/** Where a resource of a target is remembered. A target's name has no slash. */
export const placeOf = (target: string, resource: string): string => `${target}/${resource}`;

/**
 * The states that a batch is decided on, when all are at hand; null: something has to be read. An intent of a sequence that is not known
 * here counts as its first: if it is not, its facts cannot be appended, since the sequence has its first ones already.
 */
export function atHand(pending: readonly Pending[], caches: Caches): Loaded | null {
  const claims = caches.claims.get(CLAIMS);
  if (!claims) return null;
  const sequences = new Map<string, SequenceState>();
  for (const one of pending) {
    if (isMutation(one)) return null;
    const state = caches.sequences.get(one.sequenceId) ?? (one.input.kind === 'intent-received' ? ABSENT : undefined);
    if (!state) return null;
    if (!sequences.has(one.sequenceId)) sequences.set(one.sequenceId, state);
  }
  return withNext(sequences, claims, caches);
}

/** Who ends lets those right behind it move up. */
function withNext(sequences: Map<string, SequenceState>, claims: ClaimBook, caches: Caches): Loaded | null {
  for (const named of [...sequences.keys()])
    for (const id of claims.behind(named)) {
      const state = sequences.get(id) ?? caches.sequences.get(id);
      if (!state) return null;
      sequences.set(id, state);
    }
  return { sequences, targets: new Map(), claims };
}

/** The states that a batch is decided on; with mutations, also those of the sequences they are held against. */
export async function loadBatch(tx: Tx, pending: readonly Pending[], caches: Caches): Promise<Loaded> {
  const claims = caches.claims.get(CLAIMS) ?? (await loadClaims(tx, caches.sequences));
  const mutations = pending.filter(isMutation);
  const named = pending.flatMap((one) => (isMutation(one) ? [] : one.sequenceId));
  // Who ends lets those right behind it move up.
  const next = named.flatMap((id) => claims.behind(id));
  const around = mutations.length > 0 ? await idsAround(tx, mutations, caches.sequences) : [];
  const sequences = await complete([...named, ...next, ...around], caches.sequences, (ids) => loadStates(tx, ids));
  const known = resourcesOf(mutations, caches.resources);
  const targets = known.length > 0 ? await loadTargets(tx, known) : new Map<string, TargetState>();
  return { sequences, targets, claims };
}

/** The resources that mutations are about, each once, with what is known of them here. */
function resourcesOf(mutations: readonly PendingMutation[], cache: StateCache<ResourceAt>): ResourceAt[] {
  const known = mutations.map(({ target, mutation: { resource } }) => {
    const place = placeOf(target, resource);
    return [place, cache.get(place) ?? { target, resource, version: 0, state: undefined }] as const;
  });
  return [...new Map(known).values()];
}

/** Conflict keys as the open sequences' own states say. While this process has its seat nobody else decides on them. */
async function loadClaims(tx: Tx, cache: StateCache<SequenceState>): Promise<ClaimBook> {
  const heads = await openHeads(tx);
  const states = await complete(current(heads, cache), cache, (ids) => loadStates(tx, ids));
  const open = [...states].map(([sequenceId, state]) => ({ sequenceId, state }));
  return new ClaimBook(open, await lastTurn(tx));
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
  return current(heads, cache);
}

/** Their ids; a cached state that is not the stored one is forgotten. */
function current(heads: readonly StoredHead[], cache: StateCache<SequenceState>): string[] {
  const isCurrent = ({ id, version }: StoredHead): boolean => {
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

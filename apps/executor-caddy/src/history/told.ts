/**
 * What became of the policy between two looks. Pure: the settled writes and the two states come in, mutations come out.
 *
 * 1. The log has no contents. What a write left is known when it was the last before a look, or changed nothing.
 * 2. What was left in between is said to be unknown; who wrote is known all the same.
 * 3. A difference that no line explains happened between the two looks, by nobody knows whom.
 */
import { isDeepStrictEqual } from 'node:util';
import type { SeenMutation } from '@causeway/executor-sdk';
import type { Held } from '../client/look-client';
import type { AdminRequest } from './log-line';
import type { Settled, Write } from './settle';

/** null: not known. */
export type State = Held | null;

export interface Window {
  readonly policyId: string;
  readonly settled: readonly Settled[];
  readonly before: State;
  readonly after: State;
  /** The two looks, RFC 3339, observer's clock. */
  readonly from: string;
  readonly to: string;
}

/** A step in the policy's life, with what is known on its two sides. */
interface Turn {
  readonly of: Settled;
  readonly before: State;
  readonly after: State;
}

export function toldBy(window: Window): SeenMutation[] {
  const { settled, before, after, policyId } = window;
  const paths = [before, after].flatMap((state) => pathOf(state) ?? []);
  const relevant = settled.filter((one) => one.kind === 'started' || mayConcern(one, policyId, paths));
  if (relevant.length === 0) return isSame(before, after) !== false ? [] : [silently(window)];
  return turnsOf(relevant, before, after).flatMap((turn) => mutationOf(turn, policyId));
}

/** Each write's two sides: forward over those that changed nothing, then backward from the last look. */
function turnsOf(settled: readonly Settled[], before: State, after: State): Turn[] {
  const turns: Turn[] = [];
  let state = before;
  for (const of of settled) {
    const left = keeps(of) ? state : null;
    turns.push({ of, before: state, after: left });
    state = left;
  }
  let next = after;
  for (let i = turns.length - 1; i >= 0; i--) {
    const { of, before: known, after: left } = turns[i] as Turn;
    turns[i] = { of, before: known ?? (keeps(of) || resumes(of) ? next : null), after: left ?? next };
    next = turns[i]?.before ?? null;
  }
  return turns;
}

/** Begun anew with what it had: what it shows after it is what was left before it, if that is not known otherwise. */
const resumes = (one: Settled): boolean => one.kind === 'started' && one.resumed;

const keeps = (one: Settled): boolean => one.kind === 'write' && one.changed === false;

function mutationOf({ of, before, after }: Turn, policyId: string): SeenMutation[] {
  const unchanged = isSame(before, after) === true;
  if (of.kind === 'started') {
    const at = new Date(of.atMs).toISOString();
    const how = 'the control plane started with another configuration than it had';
    if (unchanged) return [];
    return [
      seen(policyId, { before, after, source: { id: `started ${at}`, detail: { how } }, happened: { kind: 'at', at } }),
    ];
  }
  if (unchanged && !addresses(of.request, policyId)) return [];
  return [{ ...seen(policyId, { before, after, ...sourceOf(of) }), ...whose(of.request) }];
}

type Core = Pick<SeenMutation, 'source' | 'happened'> & { readonly before: State; readonly after: State };

function seen(policyId: string, { before, after, source, happened }: Core): SeenMutation {
  const document = after?.document ?? null;
  return {
    resource: `/id/${policyId}`,
    change: 'policy@v1',
    with: document ? { document } : {},
    effect: after && !document ? 'removed' : 'set',
    scopes: null,
    ...NOBODY,
    before: valueOf(before),
    after: valueOf(after),
    source,
    happened,
  };
}

const NOBODY = {
  actor: { kind: 'unknown', name: null },
  channel: { client: null, token: null, address: null },
  by: { kind: 'other' },
} as const;

const valueOf = (state: State): SeenMutation['before'] =>
  state ? { kind: 'known', value: state.document } : { kind: 'unknown' };

function silently({ policyId, before, after, from, to }: Window): SeenMutation {
  const id = `between ${from} ${after?.etag ?? 'none'}`;
  const detail = { how: 'two looks differ, and no request explains it' };
  return seen(policyId, { before, after, source: { id, detail }, happened: { kind: 'between', from, to } });
}

/** An executor is told by its mark: its name and the attempt. The admin address knows no accounts. */
const OURS = /^causeway-executor\//;

type Whose = Pick<SeenMutation, 'actor' | 'channel' | 'by'>;

function whose({ userAgent, step, address }: AdminRequest): Whose {
  const channel = { client: userAgent, token: null, address };
  if (step === null || !OURS.test(userAgent ?? '')) return { ...NOBODY, channel };
  return {
    actor: { kind: 'service', name: 'causeway-executor' },
    channel,
    by: { kind: 'executor', attemptId: step.slice(0, 300) },
  };
}

function sourceOf({ request, taken }: Write): Pick<SeenMutation, 'source' | 'happened'> {
  const { id, method, uri, atMs } = request;
  const outcome = taken === null ? 'the log does not tell whether it was taken' : 'taken';
  return {
    source: { id, detail: { method, uri: uri.slice(0, 300), outcome } },
    happened: { kind: 'at', at: new Date(atMs).toISOString() },
  };
}

/** Whether two states are the same; null: not known. */
function isSame(one: State, other: State): boolean | null {
  if (!one || !other) return null;
  return isDeepStrictEqual(one.document, other.document);
}

/** `/config/apps/...` as Caddy's tag names it. */
const pathOf = (state: State): string | null => /^"?(\/config\/\S*)/.exec(state?.etag ?? '')?.[1] ?? null;

const addresses = ({ uri }: AdminRequest, policyId: string): boolean =>
  isWithin(withoutQuery(uri), `/id/${policyId}`) || isWithin(withoutQuery(uri), `/id/${encodeURIComponent(policyId)}`);

/** Whether a write may have touched the policy. Other objects by their ids may contain it: nobody tells. */
function mayConcern({ request, taken }: Write, policyId: string, paths: readonly string[]): boolean {
  if (taken === false) return false;
  const uri = withoutQuery(request.uri);
  if (addresses(request, policyId) || !uri.startsWith('/config/') || paths.length === 0) return true;
  return paths.some((path) => isWithin(uri, path) || isWithin(path, uri));
}

const withoutQuery = (uri: string): string => (uri.split('?')[0] ?? '').replace(/\/$/, '');

const isWithin = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}/`);

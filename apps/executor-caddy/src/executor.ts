import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import {
  afterFirstWrite,
  NotApplied,
  type ChangeRequest,
  type Evidence,
  type Executor,
  type LookUp,
  type Written,
} from '@causeway/executor-sdk';
import type { Recall } from '@causeway/executor-host';
import { CaddyClient, type JsonObject, type PolicyState, type Scene } from './client/caddy-client';
import type { CaddySettings } from './config';

/**
 * The gateways' policy at Caddy's control plane, one object by its `@id`. One write there; the gateways of all regions pull it at their own pace, so
 * "accepted" here is never "effective" there.
 *
 * 1. Every write is conditional on the state that was read (ETag, If-Match): a change in between refuses it (class A).
 * 2. A document equal to what is there is not written.
 * 3. What was there before is remembered before it is replaced, so that a revert can bring it back.
 */
export function caddyExecutor(settings: CaddySettings, recall: Recall): Executor {
  const client = new CaddyClient(settings);
  return {
    kind: 'caddy',
    version: '0.1.0',
    history: 'timestamped-log',
    changes: { 'policy@v1': { capability: 'A', checksEpoch: false } },
    lookUp: (request) => lookUp(client, request),
    apply: (request) => apply(client, recall, request),
    revert: (request) => revert(client, recall, request),
  };
}

const parameters = z.strictObject({ policy: z.string().min(1).max(100), document: z.record(z.string(), z.json()) });

function parametersOf(request: ChangeRequest): z.output<typeof parameters> {
  const parsed = parameters.safeParse(request.with);
  if (parsed.success) return parsed.data;
  throw new NotApplied({
    code: 'bad-parameters',
    message: `policy@v1: ${z.prettifyError(parsed.error)}`,
    remedy: 'give policy (its name) and document (an object)',
  });
}

/** One attempt at the control plane; the policy's name is for people only. */
interface NamedScene extends Scene {
  readonly policy: string;
}

const sceneOf = (request: ChangeRequest, policy: string): NamedScene => ({
  policy,
  attemptId: request.attemptId,
  signal: request.signal,
});

async function lookUp(client: CaddyClient, request: ChangeRequest): Promise<LookUp> {
  const { policy, document } = parametersOf(request);
  const state = await client.policy(sceneOf(request, policy));
  const inEffect = isDeepStrictEqual(state.document, withoutId(document));
  // The configuration has no place for an attempt; only the admin log names it.
  return { state: inEffect ? 'in-effect' : 'absent', byThisAttempt: null, evidence: evidenceOf(policy, state) };
}

async function apply(client: CaddyClient, recall: Recall, request: ChangeRequest): Promise<Written> {
  const { policy, document } = parametersOf(request);
  const wanted = withoutId(document);
  const scene = sceneOf(request, policy);
  const before = await client.policy(scene);
  if (isDeepStrictEqual(before.document, wanted)) return { changed: false, evidence: evidenceOf(policy, before) };
  await recall.keep(recallKey(request), before.document);
  return replace(client, scene, before, wanted);
}

async function revert(client: CaddyClient, recall: Recall, request: ChangeRequest): Promise<Written> {
  const { policy, document } = parametersOf(request);
  const scene = sceneOf(request, policy);
  const now = await client.policy(scene);
  if (!isDeepStrictEqual(now.document, withoutId(document)))
    return { changed: false, evidence: evidenceOf(policy, now) };
  const before = await recall.get(recallKey(request));
  if (!isObject(before)) throw nothingToRestore(policy);
  return replace(client, scene, now, before);
}

async function replace(
  client: CaddyClient,
  scene: NamedScene,
  before: PolicyState,
  document: JsonObject,
): Promise<Written> {
  const answer = await client.replace(scene, document, before.etag);
  if (answer.status === 412) throw changedMeanwhile(scene.policy, before);
  const after = await afterFirstWrite('the write', () => client.policy(scene));
  if (answer.status !== 200) {
    if (after.etag === before.etag) throw documentRefused(scene.policy, answer.status, answer.text);
    throw new Error(`Caddy answered ${answer.status} and the policy ${scene.policy} changed all the same`);
  }
  return { changed: true, evidence: { ...evidenceOf(scene.policy, after), before: evidenceOf(scene.policy, before) } };
}

/** A sequence's step, whatever its attempt: what a revert brings back is what the last write replaced. */
const recallKey = ({ sequenceId, step }: ChangeRequest): string => `${sequenceId}/${step}`;

const withoutId = ({ '@id': _id, ...document }: JsonObject): JsonObject => document;

/** The ETag is the path and Caddy's own hash of what stands there. */
const evidenceOf = (policy: string, { etag }: PolicyState): Evidence => ({ policy, etag });

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const changedMeanwhile = (policy: string, before: PolicyState): NotApplied =>
  new NotApplied({
    code: 'changed-meanwhile',
    message: `policy ${policy} was changed by somebody else between our look and our write`,
    remedy: 'try again; when it repeats, find the other writer in the admin log',
    retriable: true,
    evidence: evidenceOf(policy, before),
  });

const documentRefused = (policy: string, status: number, answer: string): NotApplied =>
  new NotApplied({
    code: 'document-refused',
    message: `Caddy refused the document for policy ${policy} (${status}) and kept the old one`,
    remedy: 'correct the document: the answer in the evidence says what is wrong',
    evidence: { status, answer: answer.slice(0, 500) },
  });

const nothingToRestore = (policy: string): NotApplied =>
  new NotApplied({
    code: 'nothing-to-restore',
    message: `it is not known what policy ${policy} was before this step`,
    remedy: 'apply the wanted document as a step of its own',
  });

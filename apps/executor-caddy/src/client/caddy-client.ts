import { NotApplied, type Json } from '@causeway/executor-sdk';
import { callTarget, connectionLost, jsonOf, refusalOf, type TargetAnswer } from '@causeway/executor-host';
import type { CaddySettings } from '../config';

const SYSTEM = 'Caddy';

export type JsonObject = Readonly<Record<string, Json>>;

/** A policy as the control plane holds it, without its `@id`, and the tag that names exactly this state. */
export interface PolicyState {
  readonly document: JsonObject;
  readonly etag: string;
}

export interface Scene {
  readonly attemptId: string;
  readonly signal: AbortSignal;
}

/** The configuration API of one Caddy: one object, addressed by its `@id`. */
export class CaddyClient {
  constructor(private readonly settings: CaddySettings) {}

  /** NotApplied `unknown-policy` when the configuration has no such object. */
  async policy(scene: Scene): Promise<PolicyState> {
    const asked = { system: SYSTEM, what: `read the policy ${this.settings.policyId}` };
    const answer = await this.read(scene);
    if (answer.status === 404) throw unknownPolicy(this.settings.policyId);
    if (answer.status !== 200) throw refusalOf(asked, answer);
    const value = jsonOf(asked, answer);
    const etag = answer.headers['etag'];
    if (!isObject(value) || !etag)
      throw new Error(`${SYSTEM} has no object with an ETag under ${this.settings.policyId}`);
    const { '@id': _id, ...document } = value;
    return { document, etag };
  }

  /**
   * Replaces the policy if it is still in the state that the tag names. Answers the status: 200 taken, 412 changed meanwhile,
   * others refused (the running configuration stays then); the text says why.
   */
  async replace(scene: Scene, document: JsonObject, etag: string): Promise<TargetAnswer> {
    const body = JSON.stringify({ '@id': this.settings.policyId, ...document });
    return this.call(scene, 'PATCH', { 'content-type': 'application/json', 'if-match': etag }, body);
  }

  /** Caddy starts its admin endpoint anew at each change of its configuration and drops what waits at the old one. */
  private async read(scene: Scene): Promise<TargetAnswer> {
    try {
      return await this.call(scene, 'GET');
    } catch (error) {
      if (!connectionLost(error)) throw error;
      return this.call(scene, 'GET');
    }
  }

  private call(
    scene: Scene,
    method: 'GET' | 'PATCH',
    more: Readonly<Record<string, string>> = {},
    body?: string,
  ): Promise<TargetAnswer> {
    // The admin log keeps all headers: User-Agent says who, X-Causeway-Step which attempt. Origin is asked for by 2.11.
    const headers = {
      origin: new URL(this.settings.adminUrl).origin,
      'user-agent': 'causeway-executor/0.1.0',
      'x-causeway-step': scene.attemptId,
      ...more,
    };
    const url = `${this.settings.adminUrl}/id/${encodeURIComponent(this.settings.policyId)}`;
    const sent = body === undefined ? {} : { body };
    return callTarget({ method, url, headers, signal: scene.signal, ownConnection: true, ...sent });
  }
}

const isObject = (value: unknown): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const unknownPolicy = (id: string): NotApplied =>
  new NotApplied({
    code: 'unknown-policy',
    message: `the control plane's configuration has no object with "@id": "${id}"`,
    remedy:
      "give the policy this @id in the gateway configuration, or correct CADDY_POLICY_ID in the executor's environment",
  });

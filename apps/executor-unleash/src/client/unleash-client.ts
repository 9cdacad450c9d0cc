import type { z } from 'zod';
import { NotApplied } from '@causeway/executor-sdk';
import { callTarget, jsonOf, refusalOf, type TargetAnswer, type TargetCall } from '@causeway/executor-host';
import type { UnleashSettings } from '../config';
import { eventPage, feature, type Constraint, type FeatureEnvironment, type FeatureEvent } from './feature';

const SYSTEM = 'Unleash';

/** A strategy as it is written. */
export interface StrategyDraft {
  readonly title: string;
  readonly constraints: readonly Constraint[];
}

/** Where and under which deadline the calls of one attempt go. */
export interface Scene {
  readonly flag: string;
  readonly attemptId: string;
  readonly signal: AbortSignal;
}

/** The admin API of one Unleash, one project, one environment. */
export class UnleashClient {
  constructor(private readonly settings: UnleashSettings) {}

  /** The flag in our environment. NotApplied `unknown-flag` or `unknown-environment` when it is not there. */
  async environmentOf(scene: Scene): Promise<FeatureEnvironment> {
    const what = `read flag ${scene.flag}`;
    const answer = await this.call(scene, 'GET', this.featurePath(scene.flag));
    if (answer.status === 404) throw this.unknownFlag(scene.flag);
    const { environments } = this.read(feature, what, answer);
    const found = environments.find(({ name }) => name === this.settings.environment);
    if (!found) throw this.unknownEnvironment(scene.flag);
    return found;
  }

  addStrategy(scene: Scene, { title, constraints }: StrategyDraft): Promise<void> {
    const parameters = { rollout: '100', stickiness: 'default', groupId: scene.flag };
    const body = { name: 'flexibleRollout', title, constraints, parameters };
    return this.write(scene, 'POST', '/strategies', `add a strategy to ${scene.flag}`, body);
  }

  changeStrategy(scene: Scene, id: string, { title, constraints }: StrategyDraft): Promise<void> {
    const operations = [
      { op: 'add', path: '/constraints', value: constraints },
      { op: 'add', path: '/title', value: title },
    ];
    return this.write(
      scene,
      'PATCH',
      `/strategies/${encodeURIComponent(id)}`,
      `change a strategy of ${scene.flag}`,
      operations,
    );
  }

  removeStrategy(scene: Scene, id: string): Promise<void> {
    return this.write(scene, 'DELETE', `/strategies/${encodeURIComponent(id)}`, `remove a strategy of ${scene.flag}`);
  }

  switchEnvironment(scene: Scene, to: 'on' | 'off'): Promise<void> {
    return this.write(scene, 'POST', `/${to}`, `switch ${scene.flag} ${to}`);
  }

  /** The newest entry of the target's own history about this flag here, or null. Unleash gives the newest first and knows no other order. */
  async newestEvent(scene: Scene): Promise<FeatureEvent | null> {
    const { environment } = this.settings;
    const filter = `feature=IS:${encodeURIComponent(scene.flag)}&environment=IS:${encodeURIComponent(environment)}`;
    const path = `/api/admin/search/events?${filter}&offset=0&limit=1`;
    const page = this.read(eventPage, `read events of ${scene.flag}`, await this.call(scene, 'GET', path));
    return page.events[0] ?? null;
  }

  private featurePath(flag: string): string {
    return `/api/admin/projects/${encodeURIComponent(this.settings.project)}/features/${encodeURIComponent(flag)}`;
  }

  private async write(
    scene: Scene,
    method: TargetCall['method'],
    path: string,
    what: string,
    body?: unknown,
  ): Promise<void> {
    const inEnvironment = `${this.featurePath(scene.flag)}/environments/${encodeURIComponent(this.settings.environment)}`;
    const answer = await this.call(scene, method, `${inEnvironment}${path}`, body);
    if (answer.status < 200 || answer.status > 299) throw refusalOf({ system: SYSTEM, what }, answer);
  }

  private call(scene: Scene, method: TargetCall['method'], path: string, body?: unknown): Promise<TargetAnswer> {
    const headers: Record<string, string> = {
      authorization: this.settings.token,
      'user-agent': 'causeway-executor/0.1.0',
      'x-causeway-step': scene.attemptId,
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    if (body !== undefined) headers['content-type'] = 'application/json';
    return callTarget({ method, url: `${this.settings.url}${path}`, headers, signal: scene.signal, ...sent });
  }

  private read<T extends z.ZodType>(schema: T, what: string, answer: TargetAnswer): z.output<T> {
    const asked = { system: SYSTEM, what };
    if (answer.status !== 200) throw refusalOf(asked, answer);
    const parsed = schema.safeParse(jsonOf(asked, answer));
    if (!parsed.success) throw new Error(`${SYSTEM} answered in a form we do not know to: ${what}`);
    return parsed.data;
  }

  private unknownFlag(flag: string): NotApplied {
    return new NotApplied({
      code: 'unknown-flag',
      message: `project ${this.settings.project} has no flag ${flag}`,
      remedy: 'create the flag in Unleash first, or correct its name in the step',
    });
  }

  private unknownEnvironment(flag: string): NotApplied {
    return new NotApplied({
      code: 'unknown-environment',
      message: `flag ${flag} has no environment ${this.settings.environment}`,
      remedy: "correct UNLEASH_ENVIRONMENT in the executor's environment",
    });
  }
}

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
import type { FeatureEnvironment } from './client/feature';
import { UnleashClient, type Scene, type StrategyDraft } from './client/unleash-client';
import type { UnleashSettings } from './config';
import { ourStrategy, regionsOf, viewOf, writesFor, type Write } from './regions';

/**
 * Feature flags in Unleash, region by region (the step's scopes are the values of the region constraint).
 *
 * 1. The flag is read before every write; only what differs is written, so a repeat of an attempt writes nothing.
 * 2. Our strategy's title names the attempt that wrote it last. That is how a look-up knows whose it is.
 * 3. After the writes the flag is read again; what is not as wanted then counts as unknown.
 */
export function unleashExecutor(settings: UnleashSettings): Executor {
  const client = new UnleashClient(settings);
  return {
    kind: 'unleash',
    version: '0.1.0',
    history: 'ordered-ids',
    changes: { 'toggle@v1': { capability: 'C', checksEpoch: false } },
    lookUp: (request) => lookUp(client, settings, request),
    apply: (request) => write(client, settings, request, 'as asked'),
    revert: (request) => write(client, settings, request, 'back'),
  };
}

const toggle = z.strictObject({ flag: z.string().min(1).max(100), enabled: z.boolean() });

function parametersOf(request: ChangeRequest): z.output<typeof toggle> {
  const parsed = toggle.safeParse(request.with);
  if (parsed.success) return parsed.data;
  throw new NotApplied({
    code: 'bad-parameters',
    message: `toggle@v1: ${z.prettifyError(parsed.error)}`,
    remedy: 'give flag (text) and enabled (true or false)',
  });
}

const titleOf = (attemptId: string): string => `causeway ${attemptId}`;

async function lookUp(client: UnleashClient, settings: UnleashSettings, request: ChangeRequest): Promise<LookUp> {
  const { flag, enabled } = parametersOf(request);
  const environment = await client.environmentOf({ flag, attemptId: request.attemptId, signal: request.signal });
  const wanted = enabled ? 'on' : 'off';
  const asWanted = request.scopes.filter(({ scope }) => viewOf(environment, scope, settings) === wanted).length;
  const whole = asWanted === request.scopes.length;
  const ours = ourStrategy(environment, settings)?.title === titleOf(request.attemptId);
  return {
    state: whole ? 'in-effect' : asWanted > 0 ? 'partial' : 'absent',
    byThisAttempt: ours ? true : null,
    evidence: { flag, ...seenIn(environment, settings, request) },
  };
}

async function write(
  client: UnleashClient,
  settings: UnleashSettings,
  request: ChangeRequest,
  direction: 'as asked' | 'back',
): Promise<Written> {
  const { flag, enabled: asked } = parametersOf(request);
  const enabled = direction === 'as asked' ? asked : !asked;
  const scene: Scene = { flag, attemptId: request.attemptId, signal: request.signal };
  const regions = request.scopes.map(({ scope }) => scope);
  const before = await client.environmentOf(scene);
  const writes = writesFor(before, regions, enabled, settings);
  const seenBefore = seenIn(before, settings, request);
  if (writes.length === 0) return { changed: false, evidence: { flag, ...seenBefore } };
  await carryOut(client, settings, scene, writes);
  const after = await afterFirstWrite(`${writes.length} writes`, () => client.environmentOf(scene));
  if (writesFor(after, regions, enabled, settings).length > 0)
    throw new Error(`${flag} is not as written when read again`);
  const evidence = {
    flag,
    ...seenIn(after, settings, request),
    before: seenBefore,
    writes: writes.map(({ kind }) => kind),
  };
  return { changed: true, evidence: { ...evidence, event: await eventOf(client, scene) } };
}

/** In order: a later write is only right once the earlier one is there. A refusal after the first write is no refusal any more. */
async function carryOut(
  client: UnleashClient,
  settings: UnleashSettings,
  scene: Scene,
  writes: readonly Write[],
): Promise<void> {
  for (const [done, write] of writes.entries()) {
    const carriedOut = (): Promise<void> => carryOutOne(client, scene, write, settings);
    await (done === 0 ? carriedOut() : afterFirstWrite(`${done} of ${writes.length} writes`, carriedOut));
  }
}

function carryOutOne(client: UnleashClient, scene: Scene, write: Write, settings: UnleashSettings): Promise<void> {
  const draft = (regions: readonly string[]): StrategyDraft => ({
    title: titleOf(scene.attemptId),
    constraints: [{ contextName: settings.regionField, operator: 'IN', values: [...regions] }],
  });
  switch (write.kind) {
    case 'add':
      return client.addStrategy(scene, draft(write.regions));
    case 'change':
      return client.changeStrategy(scene, write.strategyId, draft(write.regions));
    case 'remove':
      return client.removeStrategy(scene, write.strategyId);
    case 'switch':
      return client.switchEnvironment(scene, write.to);
  }
}

function seenIn(environment: FeatureEnvironment, settings: UnleashSettings, request: ChangeRequest): Evidence {
  const ours = ourStrategy(environment, settings);
  return {
    environment: environment.name,
    enabled: environment.enabled,
    regions: Object.fromEntries(request.scopes.map(({ scope }) => [scope, viewOf(environment, scope, settings)])),
    strategy: ours ? { id: ours.id, regions: [...regionsOf(ours)] } : null,
  };
}

/** Where the write stands in Unleash's own history. A note only: when it cannot be had, the write has happened all the same. */
async function eventOf(
  client: UnleashClient,
  scene: Scene,
): Promise<{ id: number; type: string; createdBy: string } | null> {
  try {
    const event = await client.newestEvent(scene);
    return event ? { id: event.id, type: event.type, createdBy: event.createdBy } : null;
  } catch {
    return null;
  }
}

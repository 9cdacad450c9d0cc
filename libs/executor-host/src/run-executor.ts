import { parseEnv, runService, type RunningService } from '@causeway/host';
import { connectMessages } from '@causeway/messaging';
import type { Executor, Observer } from '@causeway/executor-sdk';
import { name } from '@causeway/contracts';
import { serveOrDoctor } from '@causeway/service';
import { z } from 'zod';
import { ExecutorHostModule } from './executor-host.module';
import { HOSTED, type Hosted } from './hosted';
import type { ObserverServices } from './observing/observer-services';
import type { Recall } from './recall';
import { executorSelfCheck } from './self-check/executor-self-check';

export interface ExecutorApp<E extends z.ZodObject> {
  /** Name in topics, targets and the principal `executor-<name>`. */
  readonly name: string;
  /** The executor's own part of the environment: addresses, credentials. */
  readonly environment: E;
  createExecutor(environment: z.output<E>, services: { readonly recall: Recall }): Executor;
  /** Follows the target's own history beside the executor. Called only when `CAUSEWAY_OBSERVES` names a target. */
  createObserver?(environment: z.output<E>, services: ObserverServices): Observer;
  /**
   * What must not overlap in this process. `target` (the default) for systems where a read and a later write are not one;
   * `sequence` runs sequences side by side.
   */
  readonly serialBy?: 'target' | 'sequence';
  /** Most commands under way at once. Default 64. */
  readonly concurrency?: number;
}

const hostEnvironment = z.object({
  DATABASE_URL: z.string().min(1),
  CAUSEWAY_KEY_FILE: z.string().min(1),
  CAUSEWAY_TRUST_FILE: z.string().min(1),
  /** The target that this process observes; absent: none. */
  CAUSEWAY_OBSERVES: name.optional(),
  CAUSEWAY_EXECUTORS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    ),
});

/**
 * The whole main of an executor's process. A bad environment is told whole, and the process ends with 1. With `doctor [--json]` as
 * arguments it says how this executor stands, and ends.
 */
export const runExecutor = <E extends z.ZodObject>(app: ExecutorApp<E>): Promise<RunningService> =>
  serveOrDoctor(executorSelfCheck(app.name), () => serveExecutor(app));

function serveExecutor<E extends z.ZodObject>(app: ExecutorApp<E>): Promise<RunningService> {
  const { serialBy, concurrency } = app;
  return runService({
    name: `executor-${app.name}`,
    module: () => {
      const host = parseEnv(hostEnvironment);
      const own = parseEnv(app.environment);
      const createExecutor = (services: { readonly recall: Recall }): Executor => app.createExecutor(own, services);
      const createObserver = app.createObserver && observerOf(app.createObserver, own);
      return ExecutorHostModule.register(
        { name: app.name, createExecutor, createObserver, serialBy, concurrency },
        host,
      );
    },
    configure: (nest) => connectMessages(nest, nest.get<Hosted>(HOSTED).server),
  });
}

const observerOf =
  <E>(create: (environment: E, services: ObserverServices) => Observer, environment: E) =>
  (services: ObserverServices): Observer =>
    create(environment, services);

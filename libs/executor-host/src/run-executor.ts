import { parseEnv, runService, type RunningService } from '@causeway/host';
import { connectMessages } from '@causeway/messaging';
import type { Executor } from '@causeway/executor-sdk';
import { z } from 'zod';
import { ExecutorHostModule } from './executor-host.module';
import { HOSTED, type Hosted } from './hosted';
import type { Recall } from './recall';

export interface ExecutorApp<E extends z.ZodObject> {
  /** Name in topics, targets and the principal `executor-<name>`. */
  readonly name: string;
  /** The executor's own part of the environment: addresses, credentials. */
  readonly environment: E;
  createExecutor(environment: z.output<E>, services: { readonly recall: Recall }): Executor;
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

/** The whole main of an executor's process. A bad environment is told whole, and the process ends with 1. */
export function runExecutor<E extends z.ZodObject>(app: ExecutorApp<E>): Promise<RunningService> {
  const { name, serialBy, concurrency } = app;
  return runService({
    name: `executor-${name}`,
    module: () => {
      const host = parseEnv(hostEnvironment);
      const own = parseEnv(app.environment);
      const createExecutor = (services: { readonly recall: Recall }): Executor => app.createExecutor(own, services);
      return ExecutorHostModule.register({ name, createExecutor, serialBy, concurrency }, host);
    },
    configure: (nest) => connectMessages(nest, nest.get<Hosted>(HOSTED).server),
  });
}

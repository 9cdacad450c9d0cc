import { z } from 'zod';

/** Parses the environment once, at the start. Throws with every problem named, so that one round of fixing is enough. */
export function parseEnv<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv = process.env): z.output<S> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return `  ${name}: ${env[name] === undefined ? 'is not set' : message}`;
  });
  throw new Error(`the environment is not complete:\n${problems.join('\n')}`);
}

/** What the host itself reads. */
export const serviceEnv = z.object({
  /** 0: any free port, told in the log. */
  HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  HTTP_HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});
export type ServiceEnv = z.output<typeof serviceEnv>;

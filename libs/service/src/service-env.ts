import { z } from 'zod';

const file = z.string().min(1);

/** What every service that speaks on the topics needs from its environment. */
export const messageServiceEnv = z.object({
  KAFKA_BROKERS: z.string().min(1),
  CAUSEWAY_TOPIC_PREFIX: z.string().default(''),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgres:// address'),
  CAUSEWAY_KEY_FILE: file,
  CAUSEWAY_TRUST_FILE: file,
  /** Executors by name, comma-separated: there is a commands topic for each. */
  CAUSEWAY_EXECUTORS: z
    .string()
    .default('keycloak,tomcat,caddy,unleash')
    .transform((text) =>
      text
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    ),
});
export type MessageServiceEnv = z.output<typeof messageServiceEnv>;

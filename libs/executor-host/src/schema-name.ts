/** Postgres schema of an executor. */
export const schemaOf = (executor: string): string => `executor_${executor.replaceAll('-', '_')}`;

/** The promise's own end, or an error once `ms` are over: kafkajs can wait for a dead connection until the kernel gives it up (trap K10). */
export async function withDeadline<T>(promise: Promise<T> | undefined, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what} within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise as Promise<T>, late]);
  } finally {
    clearTimeout(timer);
  }
}

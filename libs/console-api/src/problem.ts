import { z } from 'zod';

/** One thing wrong with what was sent. `pointer` is a JSON pointer (RFC 6901) into the request's body. */
export const problemItem = z.strictObject({
  code: z.string(),
  pointer: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});
export type ProblemItem = z.output<typeof problemItem>;

/** Every refusal of the HTTP door (RFC 9457, `application/problem+json`). Programs switch over `code`, people read `detail`. */
export const problemBody = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  code: z.string(),
  errors: z.array(problemItem).optional(),
  /** Names this request in the service's log (and in its trace, when tracing is on). */
  traceId: z.string(),
});
export type ProblemBody = z.output<typeof problemBody>;

import { z } from 'zod';
import { digest, sequenceId } from '@causeway/contracts';

/** Body of `POST /v1/intents`. The sequence key comes in the Idempotency-Key header; here it may only be repeated. */
export const submitIntent = z.strictObject({
  plan: z.record(z.string(), z.json()),
  mode: z.enum(['apply', 'preview']).default('apply'),
  key: z.string().optional(),
});

/** Answer to an intent that was taken, or had been taken before: the same for both. */
export const submittedIntent = z.strictObject({
  sequenceId,
  key: z.string(),
  mode: z.enum(['apply', 'preview']),
  planDigest: digest,
  /** Path of the sequence, as in the Location header. */
  location: z.string(),
});
export type SubmittedIntent = z.output<typeof submittedIntent>;

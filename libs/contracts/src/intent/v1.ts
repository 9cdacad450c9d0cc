import { z } from 'zod';
import { envelopeOf } from '../envelope/v1';
import { digest } from '../ids';
import { limits } from '../limits';

export const INTENT_TYPE = 'causeway.intent.published.v1';

/**
 * A change intent: the signed request to evolve several systems. The plan is carried as written and checked by the
 * sequencer (a plan it refuses is a recorded rejection, not a parked message), so here it is only "some JSON object".
 */
export const intentData = z.strictObject({
  /** Sequence key: the publisher's own idempotency key. The same key from the same publisher names the same sequence. */
  key: z.string().min(1).max(limits.key),
  /** `apply` runs the plan; `preview` only asks every executor what is there now. */
  mode: z.enum(['apply', 'preview']),
  plan: z.record(z.string(), z.json()),
  /** SHA-256 of the plan's RFC 8785 form, as the publisher reviewed it. */
  planDigest: digest,
  requestedBy: z.string().min(1).max(200),
});

export const intent = envelopeOf(INTENT_TYPE, intentData);
export type IntentData = z.output<typeof intentData>;
export type Intent = z.output<typeof intent>;

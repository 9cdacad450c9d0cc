import { CursorLost, type Json } from '@causeway/executor-sdk';
import type { z } from 'zod';

/**
 * A cursor that was stored, in the form that this release gives its cursors.
 * @throws CursorLost for another form: the observer begins anew, and the time between is told as a gap
 */
export function storedCursor<F extends z.ZodType>(form: F, cursor: Json): z.output<F> {
  const parsed = form.safeParse(cursor);
  if (parsed.success) return parsed.data;
  throw new CursorLost('the stored cursor has a form that this release does not know');
}

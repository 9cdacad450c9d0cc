import { ok, wrong, type Finding } from '../finding';
import { spanText } from './clock';

/** Decided messages that the broker has not acknowledged. */
export interface OutboxState {
  readonly rows: number;
  /** By the database's clock, milliseconds; null without rows. */
  readonly oldestMs: number | null;
  /** Topic of the oldest. */
  readonly topic: string | null;
}

/** The relay sends at once, and sweeps what a crash left within seconds. */
const LATE_MS = 15_000;
/** From here on nothing new is decided. */
const MANY = 10_000;

export function judgeOutbox(service: string, schema: string, { rows, oldestMs, topic }: OutboxState): Finding {
  if ((oldestMs ?? 0) < LATE_MS && rows < MANY) return ok('outbox', schema, String(rows));
  return wrong(
    'failing',
    'outbox',
    schema,
    `${rows} ${rows === 1 ? 'message' : 'messages'} not sent, the oldest (for ${topic}) for ${spanText(oldestMs ?? 0)}`,
    `is the broker there and ${service} running? then its log names what the broker refuses (size, rights, missing topic); never delete rows: they are decided`,
  );
}

/**
 * A failure of the database, with what a caller has to know. `retriable`: the same transaction may succeed when it is run
 * again as a whole. `outcomeUnknown`: the connection went while the commit was under way; it may have happened, so only what
 * recognises its own repetition (by event id, by version) may be run again.
 */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  constructor(
    message: string,
    readonly code: string | null,
    readonly retriable: boolean,
    readonly outcomeUnknown: boolean,
    override readonly cause: unknown,
  ) {
    super(message);
  }
}

/**
 * SQLSTATEs worth another try: serialization failure, deadlock, lock not available, statement or idle timeout, too many
 * connections, shutdown and start of the server, out of memory or disk, and one that may only read (a primary that was replaced: the next
 * connection finds the new one). Class 08 is the connection.
 */
const RETRIABLE_STATES = new Set([
  '40001',
  '40P01',
  '55P03',
  '57014',
  '25P03',
  '25006',
  '53300',
  '57P01',
  '57P02',
  '57P03',
  '53100',
  '53200',
]);
const RETRIABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** What pg and its pool say without a code. */
const RETRIABLE_TEXT =
  /connection terminated|connection error|timeout exceeded when trying to connect|query read timeout|client has encountered/i;

export const isRetriable = (error: unknown): boolean => (error as { retriable?: unknown } | null)?.retriable === true;

interface PgError extends Error {
  readonly code?: string;
  readonly detail?: string;
}

/** Wraps what pg threw. Anything that is not from the database is returned as it is. */
export function asDatabaseError(error: unknown, duringCommit: boolean): unknown {
  if (error instanceof DatabaseError || typeof (error as PgError | null)?.message !== 'string') return error;
  const { code, detail, message } = error as PgError;
  const lost = isLostConnection(error as PgError);
  if (!lost && !(code && /^[0-9A-Z]{5}$/.test(code))) return error;
  const retriable = lost || RETRIABLE_STATES.has(code ?? '');
  return new DatabaseError(
    detail ? `${message} (${detail})` : message,
    code ?? null,
    retriable,
    duringCommit && lost,
    error,
  );
}

const isLostConnection = ({ code, message }: PgError): boolean =>
  RETRIABLE_CODES.has(code ?? '') ||
  (code?.startsWith('08') ?? false) ||
  code === '57P01' ||
  RETRIABLE_TEXT.test(message);

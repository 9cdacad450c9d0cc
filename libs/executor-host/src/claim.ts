import { parseMessage, COMMAND_TYPE, type Command } from '@causeway/contracts';
import type { Received } from '@causeway/messaging';
import { sha256Hex } from '@causeway/signing';

/** A command taken, held by this process and to be answered exactly once. */
export interface Claim {
  /** Row of `open_claims`, decimal: rises in the order of taking. */
  readonly place: string;
  readonly holder: string;
  readonly command: Command;
  /** SHA-256 of the command's bytes, hex. */
  readonly digest: string;
  /** Highest epoch of the sequence at the time of taking. */
  readonly highestEpoch: number;
  /** Whether an earlier holder may have begun with it. */
  readonly interrupted: boolean;
}

/** A command as it was received, by its type. */
export type ReceivedCommand = Received<Command>;

export const isCommand = (received: Received): received is ReceivedCommand => received.message.type === COMMAND_TYPE;

/**
 * One attempt of one verb. A look-up changes nothing, so each one asked is answered; of an apply or a revert only the first
 * command of an attempt counts.
 */
export const claimKey = ({ id, data: { sequenceId, step, attempt, verb } }: Command): string =>
  `${sequenceId}/${step}/${attempt}/${verb}${verb === 'look-up' ? `/${id}` : ''}`;

/** A stored command again. Throws when the table holds something else: a broken invariant. */
export function storedCommand(bytes: Buffer): { command: Command; digest: string } {
  const parsed = parseMessage(JSON.parse(bytes.toString('utf8')));
  if (parsed.kind !== 'message' || parsed.message.type !== COMMAND_TYPE) {
    throw new Error('an open claim holds no command: the table was changed by hand');
  }
  return { command: parsed.message, digest: sha256Hex(bytes) };
}

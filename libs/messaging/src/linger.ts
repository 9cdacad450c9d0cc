/**
 * How long a batch waits to fill, milliseconds: not at all while messages come one by one, longer the more came last time.
 * Under load everything between two services is paid by the request, not by the message; a wait that grows smoothly finds
 * full batches from either side, where a threshold would leave a busy system sending many small ones.
 * @param lastSize messages of the batch before
 * @param mostMs longest wait
 */
export const lingerFor = (lastSize: number, mostMs: number): number =>
  Math.min(mostMs, Math.floor(lastSize / MESSAGES_PER_MS));

const MESSAGES_PER_MS = 3;

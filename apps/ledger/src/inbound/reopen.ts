import { openRaw, resealed, type Door } from '@causeway/messaging';
import { LogDisagrees, placeName, type EventArrival, type StoredWaiting } from '../handle/ports';
import { arrivalOf } from './intake';

/** What waited when the service ended, through the door again: the table is not believed more than the broker. */
export function reopen({ place, message }: StoredWaiting, door: Door): EventArrival {
  const { key, value, signature } = message;
  const bytes = Buffer.from(value, 'utf8');
  const { headers } = resealed(place.topic, key ?? '', bytes, signature);
  const opened = openRaw({ ...place, key, value: bytes, headers, timestampMs: 0 }, door);
  if (opened.kind === 'message') return arrivalOf(opened.received);
  const { reason, detail } = opened.deadLetter;
  throw new LogDisagrees(
    `${placeName(place)} waits in the tables for its cause and does not pass the door any more (${reason}: ${detail}): ` +
      'put its key back into the trust file (it may be marked as retired)',
  );
}

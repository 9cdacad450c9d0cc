import { ok, wrong, type Finding } from '../finding';
import { spanText } from './clock';

/** Who sits at a service's one place. */
export interface SeatState {
  readonly holder: string;
  readonly epoch: string;
  /** By the database's clock, milliseconds since it ran out; negative: it stands. null: it was given up in order. */
  readonly overMs: number | null;
}

/** @param seat null: nobody ever sat there */
export function judgeSeat(service: string, seat: SeatState | null): Finding {
  const bad = (what: string): Finding =>
    wrong(
      'failing',
      'seat',
      service,
      what,
      `start a ${service}: it takes the seat within seconds; when one runs and does not, its database connection is the first suspect`,
    );
  if (seat === null) return bad('nobody holds the seat, and nobody ever did: nothing is decided');
  if (seat.overMs === null) return bad(`nobody holds the seat: its holder (epoch ${seat.epoch}) left in order`);
  if (seat.overMs > 0)
    return bad(`nobody holds the seat: its holder (epoch ${seat.epoch}) was last heard ${spanText(seat.overMs)} ago`);
  return ok('seat', service, `epoch ${seat.epoch}`);
}

export {
  openDatabase,
  openReader,
  type Database,
  type DatabaseOptions,
  type Reader,
  type Tx,
  type TransactionOptions,
} from './database';
export { DatabaseError, isRetriable } from './database-error';
export { inTurn } from './in-turn';
export { schemaVersion, type Migration } from './migrations';
export { firstOf, inboxMigration } from './inbox';
export { createOutboxStore, outboxMigration } from './outbox';
export { keepsItsPages } from './queue-table';
export { Seat, seatMigration, SEAT_MS, SeatTaken, type Attempt } from './seat';
export { Standby, STANDBY_MS } from './standby';
export { packBytes, plainArray, textArray, type PackedBytes } from './packed-bytes';
export { clockState, outboxState, schemaState, seatState } from './table-state';

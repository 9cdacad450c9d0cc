import { packBytes, plainArray, textArray, type Database, type Tx } from '@causeway/persistence';
import { claimKey, storedCommand, type Claim, type ReceivedCommand } from './claim';
import { NOBODY } from './migrations';

/**
 * The lease under which claims are taken, while it lives. Its row is locked: declaring it lost waits for the claims, so that whoever
 * takes over finds them; a lease that is lost or forgotten already takes nothing.
 */
const LEASED = 'leased as (select holder from workers where holder = $1 and not lost for share)';

/** One statement a batch: raises the fences, takes what nobody took before, opens it in the order received. */
const TAKE = `
  with ${LEASED}, input as (
    select * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::uuid[], $8::int[], $10::int[], $11::int[])
      with ordinality as i(command_id, sequence_id, step, attempt, verb, instance, epoch, start, length, nr)
    where exists (select from leased)
  ), known as (
    select sequence_id, epoch from fences where sequence_id = any($3::uuid[])
  ), raised as (
    insert into fences(sequence_id, epoch)
    select sequence_id, max(input.epoch) from input left join known using (sequence_id)
    where known.epoch is null or known.epoch < input.epoch group by sequence_id order by sequence_id
    on conflict (sequence_id) do update set epoch = excluded.epoch where fences.epoch < excluded.epoch
  ), taken as (
    insert into claims(sequence_id, step, attempt, verb, instance)
    select sequence_id, step, attempt, verb, instance from input order by sequence_id, step, attempt, verb, instance
    on conflict do nothing returning sequence_id, step, attempt, verb, instance
  ), opened as (
    insert into open_claims(command_id, sequence_id, holder, command)
    select command_id, sequence_id, $1::uuid, substring($9::bytea from start for length)
    from input join taken using (sequence_id, step, attempt, verb, instance) order by nr
    returning place, command_id, sequence_id
  )
  select place, command_id as "commandId", known.epoch as "knownEpoch"
  from leased left join opened on true left join known using (sequence_id)`;

const FINISH = `delete from open_claims using unnest($1::bigint[], $2::uuid[]) as mine(place, holder)
  where open_claims.place = mine.place and open_claims.holder = mine.holder returning open_claims.place`;

const HOLDERS = 'select place, holder from open_claims where place = any($1::bigint[])';

const TAKE_OVER = `
  with ${LEASED}, left_behind as (
    select place from open_claims where exists (select from leased)
      and (holder = $2 or holder in (select holder from workers where lost and holder <> $1))
    order by place limit $3 for update
  )
  update open_claims set holder = $1, interrupted = interrupted or holder <> $2
  from left_behind where open_claims.place = left_behind.place
  returning open_claims.place, open_claims.command, interrupted,
    coalesce((select epoch from fences where fences.sequence_id = open_claims.sequence_id), 1) as epoch`;

const OWN = `select place, command, interrupted, coalesce(epoch, 1) as epoch
  from open_claims left join fences using (sequence_id)
  where holder = $1 and not (place = any($2::bigint[])) order by place limit $3`;

const PUT_BACK = 'update open_claims set holder = $3 where holder = $1 and place = any($2::bigint[])';

interface StoredRow {
  readonly place: string;
  readonly command: Buffer;
  readonly interrupted: boolean;
  readonly epoch: number;
}

/** This holder's lease is over: nothing was taken. Under a new one the same may be tried again. */
export class LeaseOver extends Error {
  override readonly name = 'LeaseOver';
  readonly retriable = true;
}

/** The tables of claims. Every write about a claim names its holder; another holder's claim is never touched. */
export class ClaimStore {
  constructor(private readonly database: Database) {}

  /**
   * Takes commands for a holder; returns those that nobody took before, in the order given. Committed when it resolves.
   * @throws LeaseOver when the holder's lease is lost: the commands are still to be taken
   */
  async take(holder: string, received: readonly ReceivedCommand[]): Promise<Claim[]> {
    const first = new Map<string, ReceivedCommand>();
    for (const one of received) {
      const key = claimKey(one.message);
      if (!first.has(key)) first.set(key, one);
    }
    const distinct = [...first.values()];
    const params = [holder, ...columnsOf(distinct)];
    const rows = await this.database.query<TakenRow>(TAKE, params, 'claims-take');
    if (rows.length === 0) throw new LeaseOver('the lease is over; commands are taken again under a new one');
    return claimsOf(holder, distinct, rows);
  }

  /** Answers are written: the claims go. Returns the places that were still this holder's. */
  async finish(tx: Tx, claims: readonly Claim[]): Promise<Set<string>> {
    const places = claims.map(({ place }) => place);
    const holders = claims.map(({ holder }) => holder);
    const params = [plainArray(places), plainArray(holders)];
    const rows = await tx.query<{ place: string }>(FINISH, params, 'claims-finish');
    return new Set(rows.map(({ place }) => place));
  }

  /** Who holds these places now; a place that is answered is not among them. */
  async holders(tx: Tx, places: readonly string[]): Promise<Map<string, string>> {
    const rows = await tx.query<{ place: string; holder: string }>(HOLDERS, [places], 'claims-holders');
    return new Map(rows.map(({ place, holder }) => [place, holder]));
  }

  /** Claims whose holder's lease is lost, or which were put back, oldest first. */
  async takeOver(holder: string, limit: number): Promise<Claim[]> {
    return stored(holder, await this.database.query<StoredRow>(TAKE_OVER, [holder, NOBODY, limit], 'claims-take-over'));
  }

  /** This holder's own claims besides those it knows, oldest first. */
  async own(holder: string, known: readonly string[], limit: number): Promise<Claim[]> {
    return stored(holder, await this.database.query<StoredRow>(OWN, [holder, known, limit]));
  }

  /** Claims that were not begun: whoever comes next may take them as new. */
  async putBack(holder: string, places: readonly string[]): Promise<void> {
    await this.database.query(PUT_BACK, [holder, places, NOBODY]);
  }
}

interface TakenRow {
  /** null in the one row that says no more than that the lease stands. */
  readonly place: string | null;
  readonly commandId: string | null;
  readonly knownEpoch: number | null;
}

function columnsOf(received: readonly ReceivedCommand[]): unknown[] {
  const column = <T>(of: (one: ReceivedCommand) => T): T[] => received.map(of);
  const { bytes, starts, lengths } = packBytes(column((one) => one.bytes));
  return [
    plainArray(column(({ message }) => message.id)),
    plainArray(column(({ message }) => message.data.sequenceId)),
    textArray(column(({ message }) => message.data.step)),
    plainArray(column(({ message }) => message.data.attempt)),
    plainArray(column(({ message }) => message.data.verb)),
    plainArray(column(({ message }) => (message.data.verb === 'look-up' ? message.id : NOBODY))),
    plainArray(column(({ message }) => message.data.epoch)),
    bytes,
    plainArray(starts),
    plainArray(lengths),
  ];
}

function claimsOf(holder: string, received: readonly ReceivedCommand[], rows: readonly TakenRow[]): Claim[] {
  const taken = new Map(rows.map((row) => [row.commandId, row]));
  return received.flatMap(({ message, digest }) => {
    const row = taken.get(message.id);
    if (!row?.place) return [];
    const highestEpoch = Math.max(row.knownEpoch ?? 0, message.data.epoch);
    return [{ place: row.place, holder, command: message, digest, highestEpoch, interrupted: false }];
  });
}

const stored = (holder: string, rows: readonly StoredRow[]): Claim[] =>
  rows
    .map(({ place, command, interrupted, epoch }) => {
      const { command: message, digest } = storedCommand(command);
      return {
        place,
        holder,
        command: message,
        digest,
        interrupted,
        highestEpoch: Math.max(epoch, message.data.epoch),
      };
    })
    .sort((a, b) => Number(BigInt(a.place) - BigInt(b.place)));

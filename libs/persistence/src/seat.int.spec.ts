import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres, type Postgres } from '@causeway/lab';
import { newEventId } from '@causeway/signing';
import { openDatabase, type Database } from './database';
import { inboxMigration } from './inbox';
import { inTurn } from './in-turn';
import { Seat, SEAT_MS, seatMigration, SeatTaken } from './seat';

jest.setTimeout(60_000);
let postgres: Postgres;
let schemas = 0;
let database: Database;
const made: Seat[] = [];

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-seat-'));
  postgres = await startPostgres({ dir, say: () => undefined, durable: false });
});
beforeEach(async () => {
  const schema = `seat_${process.pid}_${++schemas}`;
  database = await openDatabase({ url: postgres.url, schema, migrations: [seatMigration, inboxMigration] });
});
afterEach(async () => {
  await Promise.all(made.splice(0).map((seat) => seat.giveUp()));
  await database.close();
});
afterAll(() => postgres.stop());

function seat(told: string[] = [], newId: () => string = newEventId): Seat {
  const one = new Seat({
    ...{ database, newId },
    onWaiting: () => told.push('waiting'),
    onTaken: (error) => told.push(error.name),
  });
  made.push(one);
  return one;
}
const holds = (one: Seat): Promise<void> => database.transaction((tx) => one.mustHold(tx));
/** As if its holder had been silent for as long as it may be. */
const forgotten = () => database.query(`update seat set expires_at = clock_timestamp() - interval '1 second'`);

describe('a seat', () => {
  it('is kept by renewing it, for longer than it lasts by itself; who comes second waits', async () => {
    const told: string[] = [];
    const [first, second] = [seat(), seat(told)];
    expect(await first.take()).toBe(true);
    let taken = false;
    void second.take().then((isIts) => (taken = isIts));
    await sleep(SEAT_MS + 1_500);
    expect([taken, second.isHeld(), told]).toEqual([false, false, ['waiting']]);
    await holds(first);
    await expect(holds(second)).rejects.toThrow(SeatTaken);
  });

  it('goes to the next at once when it is given up', async () => {
    const [first, second] = [seat(), seat()];
    await first.take();
    const taken = second.take();
    await first.giveUp();
    expect(await taken).toBe(true);
    await holds(second);
    await expect(holds(first)).rejects.toThrow(SeatTaken);
  });

  it('goes at once to who comes back under the same name, and its former process is refused', async () => {
    const name = newEventId();
    const [former, back, other] = [seat([], () => name), seat([], () => name), seat()];
    await former.take();
    void other.take();
    const asked = performance.now();
    expect(await back.take()).toBe(true);
    expect(performance.now() - asked).toBeLessThan(SEAT_MS / 2);
    await holds(back);
    await expect(holds(former)).rejects.toThrow(SeatTaken);
    await expect(holds(other)).rejects.toThrow(SeatTaken);
  });

  it('is not held before what comes first is done, and renewed meanwhile', async () => {
    const only = seat();
    let done = (): void => undefined;
    const taking = only.take(() => new Promise((resolve) => (done = resolve)));
    await sleep(SEAT_MS + 1_000);
    expect(only.isHeld()).toBe(false);
    await holds(only);
    expect(await database.query('select from seat where expires_at > clock_timestamp()')).toHaveLength(1);
    done();
    await taking;
    expect(only.isHeld()).toBe(true);
  });

  it('that its holder was silent about is taken, and the holder is told and refused', async () => {
    const told: string[] = [];
    const [first, second] = [seat(told), seat()];
    await first.take();
    await forgotten();
    expect(await second.take()).toBe(true);
    await expect(holds(first)).rejects.toThrow(/epoch 1 is over/);
    await sleep(1_500);
    expect(told).toEqual(['SeatTaken']);
  });

  it('is not taken over before what is being committed under it is', async () => {
    const [first, second] = [seat(), seat()];
    await first.take();
    await forgotten();
    let commit = (): void => undefined;
    const isHeld = new Promise<void>((held) => {
      const committed = new Promise<void>((resolve) => (commit = resolve));
      void database.transaction(async (tx) => {
        await first.mustHold(tx);
        held();
        await committed;
      });
    });
    await isHeld;
    const taking = second.take();
    await sleep(500);
    expect(second.isHeld()).toBe(false);
    commit();
    expect(await taking).toBe(true);
  });

  it('is still its holder’s when nobody else came, however late it renews', async () => {
    const only = seat();
    await only.take();
    await forgotten();
    await sleep(1_500);
    await holds(only);
    expect(only.isHeld()).toBe(true);
  });

  it('is not waited for by who gives up first', async () => {
    const [first, second] = [seat(), seat()];
    await first.take();
    const taking = second.take();
    await second.giveUp();
    expect(await taking).toBe(false);
  });
});

describe('the inbox, claimed by who has the seat', () => {
  const id = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  const ids = (...ns: number[]): string[] => ns.map(id);
  const claim = (one: Seat, ...ns: number[]): Promise<string[]> =>
    database.transaction(async (tx) => [...(await one.claimInbox(tx, ids(...ns)))].sort());
  const kept = async (): Promise<string[]> =>
    (await database.query<{ id: string }>('select id from inbox order by id')).map((row) => row.id);

  it('lets each id through once, also within one batch', async () => {
    const only = seat();
    await only.take();
    expect(await claim(only, 3, 1, 2, 1)).toEqual(ids(1, 2, 3));
    expect(await claim(only, 2, 4, 3)).toEqual(ids(4));
    expect(await claim(only, 4)).toEqual([]);
    expect(await claim(only)).toEqual([]);
  });

  it('forgets what was rolled back', async () => {
    const only = seat();
    await only.take();
    const failing = database.transaction(async (tx) => {
      await only.claimInbox(tx, ids(1));
      throw new Error('later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(await claim(only, 1)).toEqual(ids(1));
  });

  it('keeps the seat from being taken until its transaction ends', async () => {
    const [first, second] = [seat(), seat()];
    await first.take();
    await forgotten();
    await database.transaction(async (tx) => {
      await first.claimInbox(tx, ids(1));
      void second.take();
      await sleep(800);
      expect(second.isHeld()).toBe(false);
    });
    await sleep(800);
    expect(second.isHeld()).toBe(true);
  });

  it('refuses who has it no more: nothing is claimed, and what was started with it does nothing and holds up nobody', async () => {
    const told: string[] = [];
    const [first, second] = [seat(told), seat()];
    await first.take();
    await forgotten();
    await second.take();
    const insert = 'insert into inbox(id) values ($1)';
    const refused = database.transaction(async (tx) => {
      const started = [first.claimInbox(tx, ids(1)), tx.query(insert, ids(9), 'spec-beside')] as const;
      await started[1].catch(() => undefined);
      // The row that it would have written is free, although its transaction has not ended.
      await database.query(insert, ids(9));
      await inTurn(started);
    });
    await expect(refused).rejects.toThrow(SeatTaken);
    expect(told).toEqual(['SeatTaken']);
    expect(await kept()).toEqual(ids(9));
  });
});

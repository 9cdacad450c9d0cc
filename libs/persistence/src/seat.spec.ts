import type { Database } from './database';
import { Seat } from './seat';

/** A database that answers the taking when the test says so, and notes what else it is asked. */
function slowDatabase() {
  const asked: string[] = [];
  let grant: (rows: object[]) => void = () => undefined;
  const query = (_: string, params: unknown[], name: string): Promise<object[]> => {
    asked.push(`${name} ${String(params[0])}`);
    return name === 'seat-take' ? new Promise((resolve) => (grant = resolve)) : Promise.resolve([]);
  };
  return { database: { query } as unknown as Database, asked, grants: (epoch: string) => grant([{ epoch }]) };
}

describe('a seat that is given up while it is asked for', () => {
  it('is not taken, and what was granted meanwhile is free for the next at once', async () => {
    const { database, asked, grants } = slowDatabase();
    const seat = new Seat({ database, newId: () => 'me', onTaken: () => undefined, onWaiting: () => undefined });
    let settled = 0;
    const taken = seat.take(() => Promise.resolve(void settled++));
    await seat.giveUp();
    grants('7');
    expect({ taken: await taken, settled, isHeld: seat.isHeld() }).toEqual({ taken: false, settled: 0, isHeld: false });
    expect(asked).toEqual(['seat-take me', 'seat-give-up 7']);
  });
});

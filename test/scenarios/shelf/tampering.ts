import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommandOf } from '@causeway/lab';
import type { Story } from '../story';
import { inDatabase } from './in-database';
import type { ShelfWorld } from './shelf-world';

/** An index in the midst of the log: what is done to it must be found there. */
const AT = 41;

/** S16: hands in the export, and in the rows of the ledger, of a log that was written for real. The last scenario: it ends the ledger. */
export function tampering(told: () => Story<ShelfWorld>): void {
  describe('an export that somebody has changed', () => {
    let lines: string[] = [];
    const file = () => join(told().world.runDir, 'tampered.jsonl');
    beforeAll(async () => {
      await told().world.causeway('export', '--out', file());
      lines = readFileSync(file(), 'utf8').split('\n').slice(0, -1);
    });
    /** Line 1 is the header, so the entry of an index stands two lines further on. */
    const without = (from: number, count: number): string[] => lines.toSpliced(from + 1, count);

    it.each<[string, () => string[], () => number]>([
      ['edited', () => lines.with(AT + 1, edited(lines[AT + 1] as string)), () => AT],
      ['deleted', () => without(AT, 1), () => AT],
      ['swapped', () => lines.with(AT + 1, lines[AT + 2] as string).with(AT + 2, lines[AT + 1] as string), () => AT],
      // The seal is the last line, so the last entry is the one before it.
      ['cut at its end', () => without(lines.length - 5, 3), () => lines.length - 5],
    ])('%s: verify names the first bad index', async (_, changed, index) => {
      writeFileSync(file(), `${changed().join('\n')}\n`);
      const { code, stdout } = await told().world.causeway('verify', file(), '-o', 'json');
      expect(code).not.toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ ok: false, index: index() });
    });
  });

  describe('rows of the ledger that somebody has changed', () => {
    let size = 0;
    beforeAll(async () => {
      await told().world.services.get('ledger').stop();
      const { rows } = await sql<{ size: string }>('select max(size) as size from ledger.head');
      size = Number(rows[0]?.size);
      await sql(
        'create table kept as select * from ledger.entry; create table kept_heads as select * from ledger.head',
      );
      await sql('alter table ledger.entry disable trigger all; alter table ledger.head disable trigger all');
    });
    afterEach(() =>
      sql(`delete from ledger.entry; insert into ledger.entry select * from kept;
        delete from ledger.head; insert into ledger.head select * from kept_heads`),
    );

    const sql = <R extends object>(text: string) =>
      inDatabase(told().world.databaseUrl, (client) => client.query<R>(text));
    /** The first size that some head covers, at least so many entries before the end. */
    const cutAt = async (): Promise<number> => {
      const { rows } = await sql<{ size: string }>(
        `select max(size) as size from kept_heads where size <= ${size - 5}`,
      );
      return Number(rows[0]?.size);
    };

    it.each<[string, () => Promise<string>, () => Promise<number>]>([
      [
        'edited',
        () => Promise.resolve(`update ledger.entry set bytes = replace(bytes, 'time', 'timE') where index = ${AT}`),
        () => Promise.resolve(AT),
      ],
      ['deleted', () => Promise.resolve(`delete from ledger.entry where index = ${AT}`), () => Promise.resolve(AT)],
      [
        'swapped',
        () =>
          Promise.resolve(`update ledger.entry set index = 1000000 where index = ${AT};
            update ledger.entry set index = ${AT} where index = ${AT + 1};
            update ledger.entry set index = ${AT + 1} where index = 1000000`),
        () => Promise.resolve(AT),
      ],
      [
        'cut at the end, with the heads',
        async () =>
          `delete from ledger.entry where index >= ${await cutAt()}; delete from ledger.head where size > ${await cutAt()}`,
        cutAt,
      ],
    ])('%s: check names the first bad index, and the service does not go on with it', async (_, change, at) => {
      await sql(await change());
      const index = await at();
      const { ledgerEnv } = told().world.services;
      const checked = await runCommandOf('apps/ledger/src/main.js', ['check'], ledgerEnv);
      expect([checked.code, checked.stdout + checked.stderr]).toEqual([
        1,
        expect.stringContaining(`damaged at index ${index}`),
      ]);
      const served = await runCommandOf('apps/ledger/src/main.js', [], { ...ledgerEnv, HTTP_PORT: '0' });
      expect([served.code, served.stdout + served.stderr]).toEqual([
        1,
        expect.stringContaining(`the ledger disagrees with itself from index ${index} on`),
      ]);
    });
  });
}

/** One character of what was recorded, and the file is still JSON. */
const edited = (line: string): string => line.replace(/"eventType":"causeway/, '"eventType":"causewaY');

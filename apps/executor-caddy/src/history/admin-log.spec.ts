import { appendFileSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminLog, type LogPlace } from './admin-log';

let folder: string;
let path: string;
let log: AdminLog;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-admin-log-'));
  path = join(folder, 'caddy.log');
  log = new AdminLog(path);
  writeFileSync(path, 'old 1\nold 2\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (...lines: string[]): void => appendFileSync(path, lines.map((line) => `${line}\n`).join(''));
/** The current file becomes an old one of that age. */
function rotate(name: string, secondsAgo: number): void {
  const to = join(folder, name);
  renameSync(path, to);
  utimesSync(to, new Date(), new Date(Date.now() - secondsAgo * 1_000));
  writeFileSync(path, '');
}
const read = async (place: LogPlace) => {
  const { lines, lost } = await log.readFrom(place);
  return { texts: lines.map(({ text }) => text), lost, after: lines.at(-1)?.after ?? place };
};

it('begins behind the last whole line, and reads on from there', async () => {
  appendFileSync(path, 'half a li');
  const place = await log.end();
  expect(await read(place)).toMatchObject({ texts: [], lost: null });
  appendFileSync(path, 'ne\n');
  write('new');
  const first = await read(place);
  expect(first).toMatchObject({ texts: ['half a line', 'new'], lost: null });
  expect((await read(first.after)).texts).toEqual([]);
});

it('reads on through files that were rotated, in their order', async () => {
  const place = await log.end();
  write('first');
  rotate('caddy-b.log', 20);
  write('second');
  rotate('caddy-a.log', 10);
  write('third');
  const all = await read(place);
  expect(all).toMatchObject({ texts: ['first', 'second', 'third'], lost: null });
  write('fourth');
  expect(await read(all.after)).toMatchObject({ texts: ['fourth'], lost: null });
});

it.each([
  ['emptied', () => writeFileSync(path, '')],
  ['emptied and grown beyond where it was read', () => writeFileSync(path, 'another beginning\n'.repeat(40))],
  ['rotated away', () => (rmSync(path), writeFileSync(path, 'new\n'))],
  [
    'rotated away and packed',
    () => (rotate('caddy-1.log', 1), renameSync(join(folder, 'caddy-1.log'), join(folder, 'caddy-1.log.gz'))),
  ],
])('says that lines may be lost when the file was %s', async (_, lose) => {
  const place = await log.end();
  lose();
  expect((await read(place)).lost).toMatch(/emptied, or rotated away/);
});

it('reads lines larger than one piece', async () => {
  const place = await log.end();
  const long = 'x'.repeat(3 * 1024 * 1024);
  write(long, 'short');
  expect((await read(place)).texts).toEqual([long, 'short']);
});

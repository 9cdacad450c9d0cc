import { appendFileSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linesAfter, placeNow, type LogPlace } from './log-follower';

let folder: string;
let log: string;
let place: LogPlace;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-log-'));
  log = join(folder, 'access.log');
  writeFileSync(log, '/manager/ before\n');
  place = await placeNow(log);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What is new, and why some of it may be missing. */
async function read(pattern = log): Promise<(string | null)[]> {
  const part = await linesAfter(pattern, place, '/manager/');
  place = part.place;
  return [...part.lines.map(({ text }) => text), ...(part.cut ? [`cut: ${part.cut}`] : [])];
}
/** Files are told apart by their last write, in whole steps here. */
const written = (file: string, second: number): void => utimesSync(file, second, second);

it('reads whole lines, those asked for, once', async () => {
  appendFileSync(log, '/manager/ one\n/shop/ other\n/manager/ tw');
  expect(await read()).toEqual(['/manager/ one']);
  appendFileSync(log, 'o\n');
  expect(await read()).toEqual(['/manager/ two']);
  expect(await read()).toEqual([]);
});

it('reads lines that are longer than what is read at once, and characters of several bytes', async () => {
  const long = `/manager/ ${'é'.repeat(20_000)}`;
  appendFileSync(log, `${'/shop/ x\n'.repeat(60_000)}${long}\n`);
  expect(await read()).toEqual([long]);
});

it('goes on in the renamed file, then in all that came after', async () => {
  appendFileSync(log, '/manager/ one\n');
  renameSync(log, `${log}.2`);
  appendFileSync(`${log}.2`, '/manager/ two\n');
  writeFileSync(`${log}.1`, '/manager/ three\n');
  writeFileSync(log, '/manager/ four\n');
  [`${log}.2`, `${log}.1`, log].forEach((file, index) => written(file, index + 1));
  expect(await read()).toEqual(['/manager/ one', '/manager/ two', '/manager/ three', '/manager/ four']);
  expect(await read()).toEqual([]);
});

it('rolls over to the file of the next day', async () => {
  const [monday, tuesday] = ['access.2026-03-02.log', 'access.2026-03-03.log'].map((name) => join(folder, name)) as [
    string,
    string,
  ];
  const pattern = join(folder, 'access.*.log');
  writeFileSync(monday, '/manager/ before\n');
  place = await placeNow(pattern);
  appendFileSync(monday, '/manager/ late\n');
  written(monday, 1);
  writeFileSync(tuesday, '/manager/ early\n');
  expect(await read(pattern)).toEqual(['/manager/ late', '/manager/ early']);
  expect(await read(pattern)).toEqual([]);
});

it('says that the log was cut when its file is gone, and reads what is there', async () => {
  rmSync(log);
  writeFileSync(join(folder, 'keeps-the-inode-in-use'), '');
  writeFileSync(log, '/manager/ new\n');
  expect(await read()).toEqual([
    '/manager/ new',
    expect.stringMatching(/^cut: the access log was (rotated away|emptied)/),
  ]);
  expect(await read()).toEqual([]);
});

it.each([
  ['shorter than before', '/manager/\n'],
  ['longer than before by now', '/manager/ another beginning\n'],
])('says that the log was emptied: %s', async (_, content) => {
  writeFileSync(log, content);
  expect(await read()).toEqual([content.trim(), 'cut: the access log was emptied']);
  expect(await read()).toEqual([]);
});

it('begins with the first file when there was none', async () => {
  rmSync(log);
  place = await placeNow(log);
  expect(await read()).toEqual([]);
  writeFileSync(log, '/manager/ first\n');
  expect(await read()).toEqual(['/manager/ first']);
});

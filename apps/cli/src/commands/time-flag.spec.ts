import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CliFailure, EXIT } from '../exit-codes';
import { momentOf } from './time-flag';

const NOW = Date.parse('2026-01-31T15:00:00.000Z');
const HOOK = join(__dirname, '../../../../libs/executor-host/spec/run-typescript.cjs');
const READS = `
  const { momentOf } = require(${JSON.stringify(join(__dirname, 'time-flag.ts'))});
  const here = new Date(${NOW}).getHours();
  process.stdout.write(JSON.stringify({ here, read: process.argv.slice(1).map((text) => momentOf(text, '--at', ${NOW})) }));`;

describe('a time on the command line', () => {
  it('is read as UTC wherever the person sits, unless it says otherwise', () => {
    const texts = ['2026-01-31T14:03:11', '2026-01-31T14:03', '14:03:11', '2026-01-31T14:03:11+01:00'];
    const { stdout } = spawnSync(process.execPath, ['-r', HOOK, '-e', READS, ...texts], {
      env: { ...process.env, TZ: 'Europe/Berlin' },
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual({
      here: 16,
      read: [
        '2026-01-31T14:03:11.000Z',
        '2026-01-31T14:03:00.000Z',
        '2026-01-31T14:03:11.000Z',
        '2026-01-31T13:03:11.000Z',
      ],
    });
  });

  it.each([
    ['2026-01-31T14:03:11Z', '2026-01-31T14:03:11.000Z'],
    ['2026-01-31T14:03:11.250Z', '2026-01-31T14:03:11.250Z'],
    ['15:00:01', '2026-01-30T15:00:01.000Z'],
    ['10m', '2026-01-31T14:50:00.000Z'],
  ])('%s is %s', (text, moment) => {
    expect(momentOf(text, '--at', NOW)).toBe(moment);
  });

  it.each(['2026-01-31', 'noon', '25:00'])('%s is refused with the forms that there are', (text) => {
    const read = (): string => momentOf(text, '--at', NOW);
    expect(read).toThrow(CliFailure);
    expect(read).toThrow(expect.objectContaining({ exitCode: EXIT.usage, message: expect.stringContaining('UTC') }));
  });
});

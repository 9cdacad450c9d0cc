import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliFailure } from './exit-codes';
import { settingsFrom } from './settings';

const folder = mkdtempSync(join(tmpdir(), 'causeway-config-'));
function configFile(text: string): string {
  const path = join(folder, `${Math.random()}.json`);
  writeFileSync(path, text);
  return path;
}

describe('settings', () => {
  const file = configFile('{"server": "http://file:1", "token": "of-file", "output": "yaml"}');

  it('are taken from the flag, then the environment, then the file, then the default', () => {
    const env = { CAUSEWAY_CONFIG: file, CAUSEWAY_SERVER: 'http://env:2' };
    expect(settingsFrom({ server: 'http://flag:3' }, env, false)).toMatchObject({ server: 'http://flag:3' });
    expect(settingsFrom({}, env, false)).toMatchObject({ server: 'http://env:2', token: 'of-file', output: 'yaml' });
    expect(settingsFrom({}, { HOME: folder }, false)).toEqual({
      ...{ server: 'http://127.0.0.1:8480', token: null, services: new Map(), output: 'table' },
      colour: false,
    });
  });

  it('colour only a terminal, and obey NO_COLOR', () => {
    const env = { HOME: folder };
    expect(settingsFrom({}, env, true).colour).toBe(true);
    expect(settingsFrom({}, { ...env, NO_COLOR: '1' }, true).colour).toBe(false);
    expect(settingsFrom({}, { ...env, TERM: 'dumb' }, true).colour).toBe(false);
  });

  it.each([
    ['not JSON', 'server: x'],
    ['an unknown name', '{"sever": "http://x"}'],
  ])('refuse a file with %s, naming it', (_, text) => {
    const path = configFile(text);
    const read = (): unknown => settingsFrom({}, { CAUSEWAY_CONFIG: path }, false);
    expect(read).toThrow(CliFailure);
    expect(read).toThrow(path);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCredentials } from './credentials';

const folder = mkdtempSync(join(tmpdir(), 'causeway-credentials-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(content: string): string {
  const path = join(folder, 'probe.json');
  writeFileSync(path, content);
  return path;
}

describe('the file of probe credentials', () => {
  it('is read by name and kind', () => {
    const path = fileWith(JSON.stringify({ flags: { kind: 'token', token: 'read' } }));
    expect(loadCredentials(path).get('flags')).toEqual({ kind: 'token', token: 'read' });
  });

  it.each([
    ['an unknown kind', '{"a":{"kind":"root","token":"canary"}}', 'a.kind: '],
    ['an extra field', '{"a":{"kind":"token","token":"canary","canary":1}}', 'a: unrecognized_keys'],
    ['a missing field', '{"a":{"kind":"password","username":"canary"}}', 'a.password: '],
    ['no JSON', '{"a": canary', 'not JSON'],
  ])('with %s is refused by place, and never quoted', (_, content, place) => {
    const refused = (): unknown => loadCredentials(fileWith(content));
    expect(refused).toThrow(place);
    expect(refused).not.toThrow('canary');
  });

  it('that is not there names the variable to set', () => {
    expect(() => loadCredentials('/nowhere/probe.json')).toThrow('CAUSEWAY_PROBE_CREDENTIALS');
  });
});

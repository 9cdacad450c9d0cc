import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plan, target } from '@causeway/contracts';
import { keysOfSchema } from '../spec/keys-of-schema';

const ROOT = join(__dirname, '..', '..', '..');
const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');
const page = (name: string): string => read('docs', 'reference', `${name}.md`);

/** Rows of a page's tables whose first cell is code: the cells, without marks and padding. */
const rowsOf = (text: string): string[][] =>
  [...text.matchAll(/^\| `(.+)$/gm)].map(([, row = '']) =>
    row.split('|').map((cell) => cell.replaceAll('`', '').trim()),
  );
const keyRows = (text: string): string[][] => rowsOf(text.slice(0, text.indexOf('## Problems')));
const codeRows = (text: string): string[][] => rowsOf(text.slice(text.indexOf('## Problems')));

describe.each([
  ['plan-file', plan],
  ['target-file', target],
])('docs/reference/%s.md', (name, schema) => {
  it('has every key of the schema, with what is allowed and what holds when it is absent', () => {
    expect(keyRows(page(name)).map(([path, allowed, absent]) => ({ path, allowed, absent }))).toEqual(
      keysOfSchema(schema),
    );
  });
});

describe('codes of problems', () => {
  const documented = [...codeRows(page('plan-file')), ...codeRows(page('target-file'))].map(([code]) => code);

  it('are all documented, and nothing else is', () => {
    expect([...documented].sort()).toEqual([...codesInSource()].sort());
  });

  it('all come up in a corpus, but those that need a folder, a file system or half a megabyte', () => {
    const corpora = ['plans', 'targets'].flatMap((one) =>
      Object.values(JSON.parse(read('test', 'corpus', one, 'expected.json')) as Record<string, { code: string }[]>),
    );
    const seen = new Set(corpora.flat().map(({ code }) => code));
    const elsewhere = ['unreadable', 'duplicate-target', 'file-too-large', 'file-unreadable'];
    expect(documented.filter((code) => code && !seen.has(code)).sort()).toEqual([...elsewhere].sort());
  });
});

/** Codes that the checks can give, found where they are written. */
function codesInSource(): Set<string> {
  const files = [join('libs', 'sequence-core', 'src', 'plan'), join('libs', 'plan-file', 'src')].flatMap((dir) =>
    readdirSync(join(ROOT, dir))
      .filter((file) => !file.endsWith('.spec.ts'))
      .map((file) => read(dir, file)),
  );
  const written = /(?:\bcode: |\b(?:problem|no|odd)\(\s*|: \[)'([a-z0-9-]+)'[,\s]/g;
  return new Set(files.flatMap((text) => [...text.matchAll(written)].map(([, code = '']) => code)));
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTargets, validateFile } from './index';

const CORPUS = join(__dirname, '..', '..', '..', 'test', 'corpus', 'plans');
const EXAMPLES = join(__dirname, '..', '..', '..', 'examples');
const targets = readTargets(join(CORPUS, 'targets'));
const expected = JSON.parse(readFileSync(join(CORPUS, 'expected.json'), 'utf8')) as Record<string, object[]>;
const filesOf = (folder: string): string[] =>
  readdirSync(join(CORPUS, folder)).filter((file) => /\.(yaml|json)$/.test(file));

describe('bad plans', () => {
  it('are many, and each has its expectation', () => {
    expect(filesOf('bad').length).toBeGreaterThanOrEqual(60);
    expect(filesOf('bad').sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(filesOf('bad'))('%s: line, column, what is wrong and the way out', (file) => {
    const { ok, problems, text } = validateFile(join(CORPUS, 'bad', file), targets);
    expect(ok).toBe(false);
    expect(problems).toMatchObject(expected[file] as object[]);
    expect(problems).toHaveLength((expected[file] as object[]).length);
    for (const { line, column, code } of problems) expect(text).toContain(`${file}:${line}:${column} ${code}: `);
  });
});

describe('good plans', () => {
  it.each(filesOf('good'))('%s passes', (file) => {
    expect(validateFile(join(CORPUS, 'good', file), targets).text).toMatch(/: ok$/);
  });

  it('the examples pass: the first plan with its own Target file, the four systems with those of the corpus', () => {
    const first = join(EXAMPLES, 'first-plan');
    expect(validateFile(join(first, 'plan.yaml'), readTargets(join(first, 'targets'))).text).toMatch(/: ok$/);
    expect(validateFile(join(EXAMPLES, 'auditor-role', 'plan.yaml'), targets).text).toMatch(/: ok$/);
  });
});

it('a file that is not there is said to be unreadable', () => {
  expect(validateFile('nowhere.yaml', null).problems).toMatchObject([{ code: 'unreadable', line: 1, column: 1 }]);
});

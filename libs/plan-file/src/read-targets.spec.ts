import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTargetFile, readTargets, validateFile } from './index';

const CORPUS = join(__dirname, '..', '..', '..', 'test', 'corpus', 'targets');
const GOOD = join(CORPUS, 'good', 'edge.yaml');
const expected = JSON.parse(readFileSync(join(CORPUS, 'expected.json'), 'utf8')) as Record<string, object[]>;
const bad = readdirSync(join(CORPUS, 'bad'));

describe('bad Target files', () => {
  it('each has its expectation', () => expect(bad.sort()).toEqual(Object.keys(expected).sort()));

  it.each(bad)('%s: line, column, what is wrong and the way out', (file) => {
    const read = readTargetFile(join(CORPUS, 'bad', file));
    const problems = read.ok ? [] : read.problems;
    expect(problems).toMatchObject(expected[file] as object[]);
    expect(problems).toHaveLength((expected[file] as object[]).length);
  });
});

describe('a folder of targets', () => {
  const folder = (): string => mkdtempSync(join(tmpdir(), 'causeway-targets-'));

  it('gives the targets by name, with their defaults', () => {
    const targets = readTargets(join(CORPUS, 'good'));
    expect([...targets.keys()]).toEqual(['edge']);
    expect(targets.get('edge')?.spec.delayedEffectHorizon).toBe('30s');
  });

  it('leaves alone what is hidden or of another kind', () => {
    const dir = folder();
    cpSync(GOOD, join(dir, 'edge.yaml'));
    writeFileSync(join(dir, '.edge.yaml'), 'half: [written');
    writeFileSync(join(dir, 'README.md'), 'about');
    expect([...readTargets(dir).keys()]).toEqual(['edge']);
  });

  it('refuses to be half a registry: every problem of every file, with its place', () => {
    const dir = folder();
    cpSync(GOOD, join(dir, 'a.yaml'));
    cpSync(GOOD, join(dir, 'b.yaml'));
    cpSync(join(CORPUS, 'bad', 'probe-misspelt.yaml'), join(dir, 'c.yaml'));
    const message = /cannot be used:[^]*b\.yaml:4:9 duplicate-target: [^]*c\.yaml:22:18 unknown-probe: /;
    expect(() => readTargets(dir)).toThrow(message);
  });

  it('says when there is none', () => {
    expect(() => readTargets(folder())).toThrow(/holds no Target file/);
    expect(() => readTargets(join(folder(), 'nowhere'))).toThrow(/cannot be read/);
  });
});

it('validate takes a Target file for what it says it is', () => {
  expect(validateFile(GOOD, null)).toMatchObject({ ok: true });
  expect(validateFile(join(CORPUS, 'bad', 'rung-unknown.yaml'), null).problems).toMatchObject([
    { code: 'not-allowed' },
  ]);
});

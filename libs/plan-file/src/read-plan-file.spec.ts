import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { formatProblems, readPlanFile } from './index';
import { readYaml } from './yaml-document';

const GOOD = readFileSync(join(__dirname, '..', '..', '..', 'test', 'corpus', 'plans', 'good', 'whole.yaml'), 'utf8');
const dir = mkdtempSync(join(tmpdir(), 'causeway-plan-'));
const path = join(dir, 'plan.yaml');

function problemsOf(content: string | Uint8Array): readonly { code: string; line: number; column: number }[] {
  writeFileSync(path, content);
  const read = readPlanFile(path, null);
  return read.ok ? [] : read.problems;
}

describe('whatever a file holds, reading it answers', () => {
  it('for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => typeof readYaml(text).ok === 'boolean'),
    );
  });

  it('for text made of what YAML is made of', () => {
    const piece = fc.constantFrom(
      '- ',
      '? ',
      ': ',
      'a',
      '"',
      "'",
      '[',
      ']',
      '{',
      '}',
      '\n',
      '  ',
      '\t',
      '&x ',
      '*x',
      '!',
      '|',
      '>',
      '#',
      '%',
      '---\n',
      ',',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const read = readYaml(pieces.join(''));
        return read.ok || read.problems.every(({ line, column }) => line >= 1 && column >= 1);
      }),
      { numRuns: 1_000 },
    );
  });

  it('for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => problemsOf(bytes).length > 0));
  });

  it.each<[string, string]>([
    ['lists in lists', '['.repeat(200_000)],
    ['lists in lists, a line for each', Array.from({ length: 700 }, (_, i) => `${' '.repeat(i)}-`).join('\n')],
    ['keys of keys', '? '.repeat(100_000)],
    ['lists on one line', '- '.repeat(100_000)],
    ['mappings in mappings', '{a: '.repeat(60_000)],
  ])('%s, too deep: said at once, where the composing parser would end the process', (_name, text) => {
    expect(problemsOf(text)).toMatchObject([{ code: 'too-deep' }]);
  });

  it('20,000 different keys in time, and of 20,000 mistakes the first', () => {
    const found = problemsOf(Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n'));
    expect(found.length).toBeLessThanOrEqual(100);
  });

  it('nothing larger than a message may be', () => {
    expect(problemsOf(`${GOOD}#${'x'.repeat(262_144)}`)).toMatchObject([{ code: 'too-large' }]);
  });
});

describe('files put in place', () => {
  const withFile = (name: string) => problemsOf(GOOD.replace('{ handler: subroute }', `{ $file: ${name} }`));
  mkdirSync(join(dir, 'policies'));

  it('become part of the plan, as they are', () => {
    writeFileSync(join(dir, 'policies', 'a.json'), '{"handler":"subroute","$file":"is only a name in here"}');
    expect(withFile('policies/a.json')).toEqual([]);
    const read = readPlanFile(path, null);
    const gateway = read.ok ? read.document.spec.steps.find(({ id }) => id === 'gateway') : undefined;
    expect(gateway?.with).toMatchObject({ document: { handler: 'subroute', $file: 'is only a name in here' } });
  });

  it('lie in the folder of the plan: no way out by dots, nor by a link', () => {
    const outside = mkdtempSync(join(tmpdir(), 'causeway-outside-'));
    writeFileSync(join(outside, 'secret.json'), '{}');
    symlinkSync(outside, join(dir, 'link'));
    expect(withFile('link/secret.json')).toMatchObject([{ code: 'file-outside' }]);
    expect(withFile('policies/../../x.json')).toMatchObject([{ code: 'file-outside' }]);
    expect(withFile(join(outside, 'secret.json'))).toMatchObject([{ code: 'file-outside' }]);
  });

  it('are no larger than a message', () => {
    writeFileSync(join(dir, 'large.json'), `{"text":"${'x'.repeat(262_144)}"}`);
    expect(withFile('large.json')).toMatchObject([{ code: 'file-too-large' }]);
  });
});

describe('problems as people read them', () => {
  const problem = { code: 'bad-form', pointer: '', message: 'is wrong', hint: 'Do this.', line: 1, column: 1 };

  it('headline, line, mark', () => {
    const text = 'first: 1\n\tsecond: x\n';
    expect(formatProblems('p.yaml', text, [{ ...problem, line: 2, column: 10 }])).toBe(
      ['p.yaml:2:10 bad-form: is wrong. Do this.', '    2 | \tsecond: x', '        \t        ^'].join('\n'),
    );
  });

  it('of a long line the part around the place', () => {
    const text = `${'x'.repeat(500)}HERE${'y'.repeat(500)}`;
    const [, source, mark] = formatProblems('p.yaml', text, [{ ...problem, column: 501 }]).split('\n');
    expect(source?.slice(mark?.indexOf('^'))).toMatch(/^HERE/);
    expect(source?.length).toBeLessThan(160);
  });

  it('nothing in a file reaches the terminal as a command', () => {
    const text = 'name: "\u001b[2J\u202e"';
    expect(formatProblems('p.yaml', text, [{ ...problem, message: 'not \u001b]0;x\u0007' }])).not.toMatch(
      /[\u001b\u0007\u202e]/,
    );
  });
});

import { failuresOf } from './jest-run';

const suite = (
  name: string,
  status: string,
  message: string,
  assertionResults: Parameters<typeof failuresOf>[0][0]['assertionResults'],
) => ({
  name,
  status,
  message,
  assertionResults,
});

describe('what is said of failures at the end of a run', () => {
  it('names file, test and the first lines, without colours, and nothing of what passed', () => {
    const long = Array.from({ length: 40 }, (_, i) => `line ${i}`).join('\n');
    const [failure, ...others] = failuresOf(
      [
        suite('/here/a.spec.ts', 'failed', 'all of it', [
          { status: 'passed', fullName: 'a passes', failureMessages: [] },
          { status: 'failed', fullName: 'b fails', failureMessages: [`\u001b[31mred\u001b[39m\n${long}`] },
        ]),
        suite('/here/b.spec.ts', 'passed', '', [{ status: 'passed', fullName: 'c', failureMessages: [] }]),
      ],
      '/here',
    );
    expect(others).toEqual([]);
    expect(failure).toMatch(/^a\.spec\.ts: b fails\n {4}red\n {4}line 0\n/);
    expect(failure).toContain('line 10');
    expect(failure).not.toContain('line 11');
  });

  it('tells of a file that did not even start', () => {
    expect(failuresOf([suite('/here/a.spec.ts', 'failed', 'Cannot find module', [])], '/here')).toEqual([
      'a.spec.ts\n    Cannot find module',
    ]);
  });
});

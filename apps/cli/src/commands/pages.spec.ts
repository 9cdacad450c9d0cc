import { CliRun } from '../../spec/cli-run';
import { StubConsole } from '../../spec/stub-console';

const SEQUENCE = '00000000-0000-8000-8000-000000000000';
const AT = '2026-01-31T12:00:00.000Z';
const rows = Array.from({ length: 1_002 }, (_, index) => ({
  ...{ index: String(index), at: AT, recordedAt: AT, type: 'causeway.record.v1', message: {} },
  ...{ what: 'applied', scope: null, change: 'set@v1', plan: 'example', step: 'flag', requestedBy: 'team-a' },
}));

/** All rows in the order that is asked for, in pages. */
function page({ searchParams }: URL) {
  const from = Number(searchParams.get('cursor') ?? 0);
  const to = from + Math.min(500, Number(searchParams.get('limit')));
  const inOrder = searchParams.get('order') === 'newest' ? [...rows].reverse() : rows;
  return { asOf: null, items: inOrder.slice(from, to), nextCursor: to < rows.length ? String(to) : null };
}

let stub: StubConsole;
beforeAll(async () => (stub = await StubConsole.start(page)));
afterAll(() => stub.close());
const run = (...args: string[]): Promise<CliRun> => CliRun.start(args, { CAUSEWAY_SERVER: stub.url }).end();
const placesIn = ({ stdout }: CliRun): string[] => stdout.match(/#\d+/g) ?? [];

describe.each([
  ['a target', 'edge'],
  ['a sequence', SEQUENCE],
])('the history of %s', (_, ref) => {
  it('given more rows than the limit, shows the newest, oldest first, and how to see more', async () => {
    const done = await run('history', ref, '--limit', '2');
    expect([done.code, placesIn(done)]).toEqual([0, ['#1000', '#1001']]);
    expect(done.stderr).toBe('there are more: --limit 4\n');
  });

  it('given more rows than the preset limit, ends with the newest all the same', async () => {
    const done = await run('history', ref);
    expect([placesIn(done).length, placesIn(done)[0], placesIn(done).at(-1)]).toEqual([1_000, '#2', '#1001']);
    expect(done.stderr).toBe('there are more: --limit 2000\n');
  });

  it('given all rows, says nothing of more', async () => {
    const done = await run('history', ref, '--limit', '2000');
    expect([placesIn(done).length, done.stderr]).toEqual([1_002, '']);
  });
});

describe('the list of sequences', () => {
  it('given more than one page takes, says how to see more, and shows it', async () => {
    const first = await run('status', '--limit', '500', '-o', 'jsonl');
    expect([first.stdout.trim().split('\n').length, first.stderr]).toEqual([500, 'there are more: --limit 1000\n']);
    const more = await run('status', '--limit', '1000', '-o', 'jsonl');
    expect([more.code, more.stdout.trim().split('\n').length]).toEqual([0, 1_000]);
  });
});

describe('what is waited for', () => {
  it('given more than the limit, says how to see more', async () => {
    const done = await run('waiting', '--limit', '2', '-o', 'jsonl');
    expect([done.stdout.trim().split('\n').length, done.stderr]).toEqual([2, 'there are more: --limit 4\n']);
  });
});

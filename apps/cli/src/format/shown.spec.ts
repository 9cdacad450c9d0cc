import { stripVTControlCharacters } from 'node:util';
import { RECORD_TYPE } from '@causeway/contracts';
import { CliRun } from '../../spec/cli-run';
import { StubConsole } from '../../spec/stub-console';

const AT = '2026-01-31T12:00:00.000Z';
const FORGED = 'release-team\n12:00:00Z  flags  nothing\x1b[2K\x9b31m\u202e';
const PRINTED = 'release-team\uFFFD12:00:00Z  flags  nothing\uFFFD[2K\uFFFD31m\uFFFD';

const mutation = {
  ...{ id: 'm', index: '7', target: 'flags', resource: 'values/one', class: 'foreign', match: null },
  ...{ happened: { kind: 'at', at: AT }, actor: { name: FORGED }, by: { kind: 'other' }, channel: {} },
  ...{ explained: false, reason: FORGED },
};
const noticed = {
  ...{ kind: 'mutation-noticed', at: AT, holds: true, target: 'flags', class: 'foreign', actor: FORGED },
  ...{ detail: 'nobody declared it' },
};
const entry = { index: '7', type: RECORD_TYPE, message: { data: { records: [noticed] } } };

let stub: StubConsole;
afterEach(() => stub.close());
async function run(answer: unknown, ...args: string[]): Promise<CliRun> {
  stub = await StubConsole.start(() => answer);
  return CliRun.start(args, { CAUSEWAY_SERVER: stub.url }).end();
}
const page = { asOf: '9', items: [mutation], nextCursor: null };

describe('what strangers wrote', () => {
  it('given control characters in a name, stands on one line and moves nothing on the screen', async () => {
    const { stdout } = await run(page, 'mutations');
    expect(stdout).toContain(` ${PRINTED} `);
    expect(stdout.trimEnd().split('\n')).toHaveLength(5);
    expect(stdout).toBe(stripVTControlCharacters(stdout));
  });

  it('is given to machines as it was said', async () => {
    const { stdout } = await run(page, 'mutations', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ items: [{ actor: { name: FORGED }, reason: FORGED }] });
  });

  it('is told safely when it comes as a live entry', async () => {
    const id = '00000000-0000-8000-8000-000000000000';
    const told = `id: 7\nevent: entry\ndata: ${JSON.stringify(entry)}\n\nid: 8\nevent: end\ndata: {}\n\n`;
    stub = await StubConsole.start(({ pathname }) => (pathname.endsWith('/stream') ? told : { status: 'completed' }));
    const { stdout } = await CliRun.start(['watch', id], { CAUSEWAY_SERVER: stub.url }).end();
    expect(stdout.trimEnd().split('\n')).toEqual([expect.stringContaining(`changed by ${PRINTED} (foreign)`)]);
  });

  it('is told safely in a refusal', async () => {
    stub = await StubConsole.start((_, _request, response) => {
      response.statusCode = 404;
      return { type: 'about:blank', title: 'no', status: 404, code: 'no', detail: FORGED, instance: '/', traceId: 't' };
    });
    const { stderr } = await CliRun.start(['status', 'CHG-1'], { CAUSEWAY_SERVER: stub.url }).end();
    expect(stderr).toBe(`causeway: ${PRINTED}\n`);
  });
});

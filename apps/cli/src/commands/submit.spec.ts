import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LAGGING_PLAN } from '@causeway/testkit';
import { CliRun } from '../../spec/cli-run';
import { StubConsole } from '../../spec/stub-console';

const SEQUENCE = '00000000-0000-8000-8000-000000000000';
const planFile = join(mkdtempSync(join(tmpdir(), 'causeway-submit-')), 'plan.yaml');
writeFileSync(planFile, JSON.stringify(LAGGING_PLAN));

let stub: StubConsole;
afterEach(() => stub.close());

/** A console that takes the first request and is cut off before it can say so. */
async function deaf(answer: unknown): Promise<string[]> {
  const keys: string[] = [];
  stub = await StubConsole.start((_, { headers }) =>
    keys.push(String(headers['idempotency-key'])) > 1 ? answer : null,
  );
  return keys;
}
const run = (...args: string[]): Promise<CliRun> => CliRun.start(args, { CAUSEWAY_SERVER: stub.url }).end();
const toldKey = ({ stderr }: CliRun): string => / --key (\S+)/.exec(stderr)?.[1] ?? 'no key was told';

describe('what was sent and not answered', () => {
  it.each([
    ['a plan', ['apply', planFile], { sequenceId: SEQUENCE }],
    ['a decision', ['abort', SEQUENCE, '--reason', 'wrong plan'], { verb: 'abort', accept: [], status: 'taken' }],
  ])('%s can be sent again under the key that it went by', async (_, args, answer) => {
    const keys = await deaf(answer);
    const first = await run(...args);
    expect([first.code, toldKey(first)]).toEqual([69, keys[0]]);
    const again = await run(...args, '--key', toldKey(first));
    expect([again.code, keys[1]]).toEqual([0, keys[0]]);
  });

  it('given that the person stopped waiting for the answer, tells the key too', async () => {
    const keys: string[] = [];
    stub = await StubConsole.start((_, { headers }) => {
      keys.push(String(headers['idempotency-key']));
      applying.interrupt();
      return '';
    });
    const applying = CliRun.start(['apply', planFile], { CAUSEWAY_SERVER: stub.url });
    const ended = await applying.end();
    expect([ended.code, toldKey(ended)]).toEqual([130, keys[0]]);
  });

  it('a question needs no key', async () => {
    await deaf({});
    expect((await run('status', SEQUENCE)).stderr).not.toContain('--key');
  });
});

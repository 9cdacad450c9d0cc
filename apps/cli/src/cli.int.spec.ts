import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as lab from '@causeway/lab';
import { LAGGING_PLAN, LaggingRegion } from '@causeway/testkit';
import { ConsoleHouse, READ_TOKEN, TOKEN } from '../../console/spec/console-house';
import { CliRun } from '../spec/cli-run';

jest.setTimeout(90_000);

const KEY = 'CHG-4711';
/** The sequencer's and the ledger's part is told; console, broker, database and HTTP are real. */
const story = new LaggingRegion('console', KEY);
const { ledger, sequence } = story;
const planFile = join(ledger.folder, 'plan.yaml');
const exportFile = join(ledger.folder, 'export.jsonl');
let house: ConsoleHouse;
let sent = 0;

beforeAll(async () => {
  writeFileSync(planFile, JSON.stringify(LAGGING_PLAN, null, 2));
  house = await ConsoleHouse.onLab(lab, {
    trustFile: ledger.keys.trustFile,
    keyFile: ledger.keys.keyFile('console'),
  });
});
afterAll(() => house?.close());

async function publish(): Promise<void> {
  const { entries, checkpoint } = ledger.published(sent);
  sent = ledger.entries.length;
  await house.send([...entries, checkpoint]);
  await house.projected(sent);
}

const start = (...args: string[]): CliRun => CliRun.start(args, { CAUSEWAY_SERVER: house.url, CAUSEWAY_TOKEN: TOKEN });
const run = (...args: string[]): Promise<CliRun> => start(...args).end();

describe('causeway against a console', () => {
  it('submits a plan and says what it is called', async () => {
    const done = await run('apply', planFile, '--key', KEY);
    expect(done.code).toBe(0);
    expect(done.stdout).toBe(`sequence  ${sequence.id}\nkey       ${KEY}\n`);
    expect(done.stderr).toContain(`causeway watch ${sequence.id}`);
    const asJson = await run('apply', planFile, '--key', KEY, '-o', 'json');
    expect(JSON.parse(asJson.stdout)).toMatchObject({ sequenceId: sequence.id, key: KEY, mode: 'apply' });
  });

  it('makes a key of the plan and the moment when none is given', async () => {
    const { stdout } = await run('apply', planFile);
    expect(stdout).toMatch(/key {7}example-[0-9a-f]{12}-\d{8}T\d{9}Z/);
  });

  it('knows a sequence that is only submitted', async () => {
    const { stdout, code } = await run('status', KEY);
    expect(code).toBe(3);
    expect(stdout).toContain(`${sequence.id}  submitted`);
    expect(stdout).toContain('not in the ledger yet');
  });

  it('waits, names what holds, and exits with 3 when the time is over', async () => {
    const waiting = start('apply', planFile, '--key', KEY, '--wait', '--timeout', '4s');
    story.untilHeld();
    await publish();
    const { code, stdout, stderr } = await waiting.end();
    expect(code).toBe(3);
    expect(stdout).toContain('HELD       flag waits for gateway');
    expect(stdout).toContain(
      'step flag is held:\n  eu-west/gw-eu-1 (gateway)  not-yet: value is "old", wanted "new"; since 12:00:04Z',
    );
    expect(stderr).toContain('the sequence goes on in the server');
  });

  it('tells status, list and reasons while it waits', async () => {
    expect((await run('status')).stdout).toContain('flag waits for gateway in eu-west: gw-eu-1, gw-eu-2');
    expect((await run('status', sequence.id, '-o', 'yaml')).stdout).toContain('status: waiting');
    const { stdout, code } = await run('explain', KEY, 'flag');
    expect([code, stdout.split('\n')[0]]).toEqual([
      0,
      'waiting: Step flag waits for gw-eu-1 (eu-west) of step gateway, gw-eu-2 (eu-west) of step gateway.',
    ]);
    const lines = (await run('status', '-o', 'jsonl')).stdout.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { status: string }).status)).toEqual(['waiting']);
  });

  it('ends with 130 on Ctrl-C and says that the sequence goes on', async () => {
    const watching = start('watch', KEY);
    await house.until('the past is told', () => watching.stdout.includes('HELD'));
    watching.interrupt();
    const { code, stderr } = await watching.end();
    expect(code).toBe(130);
    expect(stderr).toContain('goes on in the server');
  });

  it('follows to the end, through a restart of the console', async () => {
    const watching = start('watch', KEY);
    await house.until('the past is told', () => watching.stdout.includes('HELD'));
    const port = new URL(house.url).port;
    await house.stop();
    await house.start({ HTTP_PORT: port });
    story.untilCompleted();
    await publish();
    const { code, stdout } = await watching.end();
    expect(code).toBe(0);
    expect(stdout.match(/HELD/g)).toHaveLength(1);
    expect(stdout.trim().split('\n').at(-1)).toBe('12:00:36Z  ended      the sequence is completed');
  });

  it('recognises the key afterwards and applies nothing again', async () => {
    const { code, stdout } = await run('apply', planFile, '--key', KEY, '--wait');
    expect(code).toBe(0);
    expect(stdout).toContain('this key named that sequence before: it is completed, and nothing is applied again');
  });

  it('tells what happened at a target', async () => {
    const { stdout } = await run('history', 'edge');
    expect(stdout).toMatch(/12:00:02Z +changed +- +set@v1 +example\/gateway +team-identity/);
    expect(stdout).toMatch(/12:00:34Z +effective +eu-west/);
    expect((await run('history', sequence.id)).stdout).toContain(
      'sequence-accepted, keys-taken, gate-opened idp-roles',
    );
  });

  it('exports a ledger that verifies offline, and names the place when it was altered', async () => {
    expect((await run('export', '-o', exportFile)).code).toBe(0);
    expect(readFileSync(exportFile, 'utf8')).toBe(ledger.exportText());
    expect((await run('export')).stdout).toBe(ledger.exportText());
    const good = await CliRun.start(['verify', exportFile, '--key', ledger.ledgerKey], {}).end();
    expect([good.code, good.stdout.split(' ')[0]]).toEqual([0, 'VERIFIED']);
    writeFileSync(exportFile, ledger.exportText().replace('team-identity', 'team-identify'));
    const bad = await CliRun.start(['verify', exportFile], {}).end();
    expect([bad.code, bad.stdout]).toEqual([4, expect.stringMatching(/^BROKEN.*, line 2 \(ledger index 0\)\n/)]);
    expect((await CliRun.start(['verify', '/nowhere'], {}).end()).code).toBe(65);
  });
});

describe('causeway says what to do', () => {
  it.each([
    ['a wrong token', ['status', '--token', 'guessed'], 77, 'CAUSEWAY_TOKEN'],
    ['a token that may only read', ['apply', planFile, '--token', READ_TOKEN], 77, 'may only read'],
    ['no server', ['status', '--server', 'http://127.0.0.1:9'], 69, 'is it running?'],
    ['no address', ['status', '--server', 'over there'], 64, 'http://127.0.0.1:8480'],
    ['an unknown sequence', ['status', '00000000-0000-8000-8000-000000000000'], 65, 'There is no sequence'],
    ['a typing error', ['staus'], 64, 'Did you mean status?'],
    ['a form that is none', ['status', '-o', 'xml'], 64, 'table, json, yaml, jsonl'],
    ['a duration that is none', ['watch', 'CHG-1', '--timeout', '5'], 64, '30s, 10m or 2h'],
    ['a plan that is not there', ['apply', '/nowhere.yaml'], 65, '/nowhere.yaml'],
  ])('to %s', async (_, args, code, said) => {
    const ended = await run(...args);
    expect([ended.code, ended.stdout]).toEqual([code, '']);
    expect(ended.stderr).toContain(said);
  });
});

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSigner, loadVerifier } from '@causeway/signing';
import { CliRun } from '../../spec/cli-run';

describe('causeway keys', () => {
  let dir: string;
  let trust: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'causeway-keys-'));
    trust = join(dir, 'trust.json');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const keys = (...args: string[]): Promise<CliRun> =>
    CliRun.start(['keys', ...args], { CAUSEWAY_TRUST_FILE: trust }).end();
  const make = (...principals: string[]): Promise<CliRun> => keys('new', ...principals, '--out', dir);
  const fileOf = (name: string): string => join(dir, `${name}.key.json`);
  const isTaken = (file: string): boolean => {
    const value = Buffer.from('{}');
    return loadVerifier(trust).verify(loadSigner(file).sign([value])[0], value).ok;
  };

  it('given a first key and a second, both sign and are trusted, and the steps are told in their order', async () => {
    expect((await make('sequencer')).code).toBe(0);
    const second = await make('sequencer');
    expect(second.code).toBe(0);
    expect(second.stdout).toContain('sequencer/2');
    expect(second.stdout).toContain('trusted beside sequencer/1');
    expect(second.stdout).toMatch(
      /1\. Give .* restart[^]*2\. Give each[^]*3\. When .*\n +causeway keys retire sequencer\/1/,
    );
    expect([isTaken(fileOf('sequencer.1')), isTaken(fileOf('sequencer.2'))]).toEqual([true, true]);
    expect(statSync(fileOf('sequencer.2')).mode & 0o777).toBe(0o600);
  });

  it('given a key is retired, nothing is taken under it, its generation is not given again, and the others are as before', async () => {
    await make('executor-caddy', 'ledger');
    await make('executor-caddy');
    const retired = await keys('retire', 'executor-caddy/1');
    expect([retired.code, retired.stdout]).toEqual([0, expect.stringContaining('trusted under executor-caddy/2')]);
    const names = ['executor-caddy.1', 'executor-caddy.2', 'ledger.1'];
    expect(names.map((name) => isTaken(fileOf(name)))).toEqual([false, true, true]);
    expect((await make('executor-caddy')).stdout).toContain('executor-caddy/3');
    expect((await keys('list')).stdout).toMatch(/executor-caddy\/1 .*retired/);
  });

  it('given the last key of a principal is retired, says that nothing it says is taken any more', async () => {
    await make('ledger');
    const { stdout } = await keys('retire', 'ledger/1');
    expect(stdout).toContain('ledger has no key left that is trusted');
    expect(stdout).toContain('Keep the tables of the console');
  });

  it.each([
    ['new', ['sequencr', '--out', '.'], 64, 'Did you mean "sequencer"?'],
    ['new', ['executor-Caddy', '--out', '.'], 64, 'lower case'],
    ['retire', ['sequencer/7'], 65, 'holds no key sequencer/7'],
  ])('%s %j ends with %i and the way out', async (verb, args, code, said) => {
    await make('sequencer');
    const before = readFileSync(trust, 'utf8');
    const run = await keys(verb, ...args);
    expect(run.code).toBe(code);
    expect(run.stderr).toContain(said);
    expect(readFileSync(trust, 'utf8')).toBe(before);
  });

  it('given one of several is no principal, makes none', async () => {
    expect((await make('sequencer', 'nobody')).code).toBe(64);
    expect(existsSync(trust)).toBe(false);
  });

  it('never writes over a key, nor over a trust file that it cannot read', async () => {
    await make('sequencer');
    rmSync(trust);
    expect((await make('ledger', 'sequencer')).stderr).toContain('never written over');
    expect([existsSync(fileOf('ledger.1')), existsSync(trust)]).toEqual([false, false]);
    writeFileSync(trust, 'no trust');
    expect((await make('ledger')).stderr).toContain('is not JSON');
    expect([existsSync(fileOf('ledger.1')), readFileSync(trust, 'utf8')]).toEqual([false, 'no trust']);
  });

  it('given no trust file is named or none is there, says how', async () => {
    const nowhere = await CliRun.start(['keys', 'list'], {}).end();
    expect([nowhere.code, nowhere.stderr]).toEqual([64, expect.stringContaining('--trust')]);
    expect(await keys('list')).toMatchObject({ code: 65, stderr: expect.stringContaining('there is no') });
  });
});

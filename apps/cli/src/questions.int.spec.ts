import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Evidence, ExposureAnswer } from '@causeway/console-api';
import { CLASSIFICATION_TYPE, MUTATION_TYPE } from '@causeway/contracts';
import * as lab from '@causeway/lab';
import { GoneAround } from '@causeway/testkit';
import { TOKEN } from '../../console/spec/console-house';
import { ToldHouse } from '../../console/spec/told-house';
import { CliRun } from '../spec/cli-run';

jest.setTimeout(90_000);

const KEY = 'CHG-4712';
const story = new GoneAround('console', KEY);
const { sequence } = story;
const folder = mkdtempSync(join(tmpdir(), 'causeway-answers-'));
const told = new ToldHouse(story);

beforeAll(async () => {
  await told.open(lab);
  story.untilHeld();
  await told.publish();
});
afterAll(() => told.close());

const start = (...args: string[]): CliRun =>
  CliRun.start(args, { CAUSEWAY_SERVER: told.house.url, CAUSEWAY_TOKEN: TOKEN });
const run = (...args: string[]): Promise<CliRun> => start(...args).end();

describe('causeway while a sequence is held', () => {
  it('lists mutations, and only those that no plan explains', async () => {
    const all = await run('mutations');
    expect([all.code, all.stdout.split('\n')[0]]).toEqual([
      0,
      expect.stringMatching(/^HAPPENED +TARGET +RESOURCE +CLASS +BY +THROUGH +STEP +LEDGER +MUTATION$/),
    ]);
    expect(all.stdout).toMatch(
      /12:00:04Z +flags +values\/one +early +release-team +token personal, 10\.0\.0\.7 +flag +#\d+/,
    );
    expect(all.stdout).toMatch(/why:\n {2}#\d+: no plan can declare this kind of change\n/);
    const some = await run('mutations', '--unexplained', '--class', 'undeclared', '-o', 'jsonl');
    expect(
      some.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: string }).id),
    ).toEqual([story.otherRole]);
    expect((await run('mutations', '--since', '1h')).stdout).toMatch(/^no such mutation \(as of ledger index \d+\)\n$/);
  });

  it('says what it waits for and the command that lets it go on', async () => {
    const { stdout, code } = await run('waiting');
    expect(code).toBe(0);
    expect(stdout).toContain(`example  ${sequence.id}  waiting, diverged  (key ${KEY}, team-a)`);
    const { stdout: why } = await run('explain', KEY);
    expect(why.split('\n')[0]).toMatch(/^waiting, diverged: /);
    expect(why).toContain(
      `next: an operator: causeway resume ${sequence.id} --accept ${story.flagByHand} --accept ${story.otherRole} --reason "..."`,
    );
    const { stdout: state } = await run('status', KEY);
    expect(state).toContain(`sequence  ${sequence.id}  waiting, diverged`);
    expect(state).toContain(`early  flags (flag) by release-team, waits for a decision  ${story.flagByHand}`);
  });

  it('names who lacks a step', async () => {
    const { stdout, code } = await run('lacking', KEY, 'gateway');
    expect([code, stdout.split('\n')[0]]).toEqual([
      3,
      '2 of 3 members lack gateway: gw-eu-1 (eu-west) and gw-eu-2 (eu-west).',
    ]);
  });

  it('answers whether anything was done outside with an exit code', async () => {
    const ask = (from: number, to: number, ...more: string[]) =>
      run('outside', '--from', story.at(from), '--to', story.at(to), ...more);
    expect((await ask(1.5, 3.5)).code).toBe(0);
    const yes = await ask(3, 4.5, '--target', 'flags', 'idp');
    expect([yes.code, yes.stdout.split('\n')[0]]).toEqual([
      1,
      'Yes: 1 mutation outside the layer between 12:00:03Z and 12:00:04Z: values/one at flags by release-team (token personal, from 10.0.0.7).',
    ]);
    const unknown = await ask(4.5, 7, '--target', 'flags');
    expect([unknown.code, unknown.stdout]).toEqual([3, expect.stringContaining('the history was cut')]);
  });

  it('settles nothing that is known, and does not guess which way', async () => {
    const known = await run('settle', KEY, 'gateway', '--applied', '--reason', 'x');
    expect([known.code, known.stderr]).toEqual([65, expect.stringContaining('there is nothing to settle')]);
    const unknown = await run('settle', KEY, 'gatewai', '--applied', '--reason', 'x');
    expect([unknown.code, unknown.stderr]).toEqual([65, expect.stringContaining('its steps are')]);
    for (const flags of [[], ['--applied', '--not-applied']]) {
      const both = await run('settle', KEY, 'gateway', ...flags, '--reason', 'x');
      expect([both.code, both.stderr]).toEqual([65, expect.stringContaining('--applied or --not-applied')]);
    }
  });

  it('sends a decision, waits for what becomes of it, and takes the beginning of an id', async () => {
    const wrong = await run('resume', KEY, '--accept', 'ffff', '--reason', 'x');
    expect([wrong.code, wrong.stderr]).toEqual([65, expect.stringContaining('no mutation of this sequence is called')]);
    const some = await run('resume', KEY, '--accept', story.flagByHand, '--reason', 'x');
    expect([some.code, some.stderr]).toEqual([65, expect.stringContaining(story.otherRole)]);
    const resuming = start('resume', KEY, '--accept-all', '--reason', 'agreed with release-team', '--key', 'once');
    await told.house.until('the decision is on its topic', () => told.house.decisions.length > 0);
    const made = told.house.decisions[0];
    expect(made?.data).toMatchObject({ verb: 'resume', accept: [story.flagByHand, story.otherRole] });
    resuming.interrupt();
    expect((await resuming.end()).code).toBe(130);
  });
});

describe('causeway after it', () => {
  beforeAll(async () => {
    story.untilFollowed().untilCompleted();
    await told.publish();
  });

  it('tells the path of a scope of the newest sequence, and which one that is', async () => {
    const { stdout, stderr, code } = await run('path', 'eu-west');
    expect([code, stdout.split('\n')[0]]).toEqual([
      0,
      'eu-west: idp-roles -> flag -> gateway, not as planned: flag came before gateway.',
    ]);
    expect(stdout).toMatch(
      /2 +flag +flags +12:00:04\.200Z +\+-400 ms +release-team \(token personal, from 10\.0\.0\.7\): early/,
    );
    expect(stderr).toContain(`the newest sequence: example, key ${KEY}, ${sequence.id} (completed)`);
  });

  it('tells how two paths differ, and exits with 1', async () => {
    const { stdout, code } = await run('path', 'diff', 'eu-west', 'us-east', '--run', KEY);
    expect(code).toBe(1);
    expect(stdout).toContain(
      'eu-west differs from us-east at position 2: us-east gateway -> flag; eu-west flag -> gateway.',
    );
    expect(stdout).toMatch(/2 +flag +12:00:04\.200Z +gateway +12:00:03\.000Z +<- first difference/);
  });

  it('tells windows with their certainty, and writes them with proofs that hold', async () => {
    const file = join(folder, 'exposure.json');
    const { stdout, stderr, code } = await run('exposure', KEY, '--with-proofs', file, '-o', 'json');
    expect(code).toBe(0);
    const { windows } = JSON.parse(stdout) as ExposureAnswer;
    const written = JSON.parse(readFileSync(file, 'utf8')) as { answer: ExposureAnswer; evidence: Evidence[] };
    expect(written.answer).toEqual(JSON.parse(stdout));
    const proved = written.evidence.flatMap(({ entries }) => entries.map(({ index }) => index));
    expect(proved).toEqual(expect.arrayContaining([windows[0]?.fromIndex, windows[0]?.toIndex]));
    const types = written.evidence.flatMap(({ entries }) =>
      entries.map(({ leaf }) => (JSON.parse(leaf) as { data: { eventType: string } }).data.eventType),
    );
    expect(types).toContain(CLASSIFICATION_TYPE);
    expect(types).not.toContain(MUTATION_TYPE);
    expect(stderr).toContain(`wrote ${file}`);
    expect((await run('exposure', KEY)).stdout).toMatch(
      /eu-west +flag without gateway +12:00:04\.200Z +12:00:08\.300Z/,
    );
  });

  it('tells what was effective at a time, what changed upstream, and what plans explain', async () => {
    const then = await run('effective', 'eu-west', '--at', story.at(6), '--run', KEY);
    expect(then.stdout).toContain('effective idp-roles and flag; not effective gateway.');
    const upstream = await run('upstream', 'flags', '--since', story.at(0));
    expect(upstream.stdout).toMatch(/12:00:04\.500Z +idp +- +! +values\/other at idp changed by idp-team/);
    expect((await run('explained')).stdout).toContain('Plans explain 1 of 3 mutations (33 %).');
    expect((await run('waiting')).stdout).toBe('no sequence is open\n');
  });

  it('refuses a decision about a sequence that is over', async () => {
    const { code, stderr } = await run('abort', KEY, '--reason', 'too late');
    expect([code, stderr]).toEqual([65, expect.stringContaining('The sequence is completed')]);
  });

  it.each([
    ['path diff', ['path', 'diff', '--help'], 'causeway path diff eu-west us-east'],
    ['mutations', ['mutations', '--help'], 'causeway mutations --unexplained --since 1h'],
    ['resume', ['resume', '--help'], 'causeway resume CHG-4711 --reason "begin"'],
    ['settle', ['settle', '--help'], 'causeway settle CHG-4711 mail --applied'],
    ['outside', ['outside', '--help'], 'Exit codes: 0 no, 1 yes, 3 not known'],
  ])('has help with an example: %s', async (_, args, said) => {
    const { code, stdout } = await run(...args);
    expect([code, stdout]).toEqual([0, expect.stringContaining(said)]);
  });

  it.each([
    ['a time that is none', ['outside', '--from', 'noon'], 64, '14:03:11 (UTC)'],
    ['a class that is none', ['mutations', '--class', 'odd'], 64, 'Allowed choices'],
    ['no reason', ['abort', KEY], 64, '--reason'],
    ['a scope that the plan has not', ['path', 'ap-south'], 65, 'Its scopes: us-east, eu-west'],
    ['a limit that is none', ['mutations', '--limit', '0'], 64, '--limit 0'],
  ])('says what to do about %s', async (_, args, code, said) => {
    const ended = await run(...args);
    expect([ended.code, ended.stdout]).toEqual([code, '']);
    expect(ended.stderr).toContain(said);
  });
});

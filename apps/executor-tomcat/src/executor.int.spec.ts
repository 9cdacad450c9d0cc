import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conformanceCases, requestFor, type Sample } from '@causeway/executor-conformance';
import { NotApplied, type Executor } from '@causeway/executor-sdk';
import { CutLine } from '@causeway/testkit';
import { startTomcatForSpecs, type TomcatForSpecs } from '../spec/start-tomcat';
import { TomcatDesk } from '../spec/tomcat-desk';
import type { TomcatSettings } from './config';
import { tomcatExecutor } from './executor';

jest.setTimeout(180_000);

const US = 'shop-us-east';
const EU = 'shop-eu-west';

let tomcat: TomcatForSpecs;
let desk: TomcatDesk;
let archives: string;
let executor: Executor;

const executorWith = (more: Partial<TomcatSettings>): Executor => {
  const { members, user, password } = tomcat;
  return tomcatExecutor({
    members,
    user,
    password,
    warFolder: archives,
    context: 'shop',
    warmPath: '/version',
    ...more,
  });
};

const sampleOf = (version = '1.1.0'): Sample => ({
  target: 'shop',
  change: 'deploy@v1',
  with: { version },
  scopes: [
    { scope: 'us-east', members: [US] },
    { scope: 'eu-west', members: [EU] },
  ],
});
const refusal = (work: Promise<unknown>): Promise<NotApplied> =>
  work.then(
    () => Promise.reject(new Error('was not refused')),
    (error: unknown) => (error instanceof NotApplied ? error : Promise.reject(error as Error)),
  );

/** Back to what the lab starts with: 1.0.0 alone. A call that was given up on may still be at work, so it is asked twice. */
async function putBack(): Promise<void> {
  for (const member of [US, EU]) {
    for (let clean = 0; clean < 2;) {
      const others = (await desk.versions(member)).filter((version) => !version.startsWith('1.0.0'));
      for (const other of others) await desk.undeploy(member, other.split(' ')[0] as string);
      clean = others.length === 0 ? clean + 1 : 0;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

beforeAll(async () => {
  tomcat = await startTomcatForSpecs();
  desk = new TomcatDesk(tomcat);
  archives = mkdtempSync(join(tmpdir(), 'causeway-archives-'));
  copyFileSync(join(tomcat.warFolder, 'shop-1.0.0.war'), join(archives, 'shop-1.0.0.war'));
  copyFileSync(join(tomcat.warFolder, 'shop-1.1.0.war'), join(archives, 'shop-1.1.0.war'));
  writeFileSync(join(archives, 'shop-9.9.9.war'), 'no archive at all');
  executor = executorWith({});
});
afterAll(async () => {
  rmSync(archives, { recursive: true, force: true });
  await tomcat?.stop();
});
beforeEach(putBack);

const isWrite = (_method: string, path: string): boolean => /^\/manager\/text\/(un)?deploy/.test(path);
const cutTo = async (member: string, how: 'refused' | 'unreachable'): Promise<string> =>
  (await CutLine.open({ to: tomcat.members[member] as string, isWrite, writes: 1, how })).url;
const cutOffAfterWrite = async (how: 'refused' | 'unreachable'): Promise<Executor> =>
  executorWith({ members: { [US]: await cutTo(US, how), [EU]: await cutTo(EU, how) } });

describe('keeps the contract', () => {
  const names = conformanceCases({} as never).map(({ name }) => name);
  it.each(names)('%s', async (name) => {
    const cases = conformanceCases({
      executor,
      sample: () => putBack().then(() => sampleOf()),
      writes: () => Promise.resolve(desk.writes(US).length + desk.writes(EU).length),
      badParameters: [{ version: 11 }, { version: '' }],
      cutOffAfterWrite,
      secrets: [tomcat.password, Buffer.from(`${tomcat.user}:${tomcat.password}`).toString('base64')],
    });
    await cases.find((one) => one.name === name)?.run();
  });
});

it('deploys beside the old version in each member, once, under the attempt, and warms it', async () => {
  const request = requestFor(sampleOf());
  const before = [desk.writes(US).length, desk.writes(EU).length];
  const { evidence } = await executor.apply(request);
  expect(await desk.versions(US)).toEqual(['1.0.0 running', '1.1.0 running']);
  expect(desk.writes(US).slice(before[0])).toEqual([`PUT 1.1.0 ${request.attemptId}`]);
  expect(desk.writes(EU).slice(before[1])).toEqual([`PUT 1.1.0 ${request.attemptId}`]);
  expect(await desk.served(EU)).toMatchObject({ version: '1.1.0' });
  expect(evidence).toMatchObject({
    version: '1.1.0',
    members: { [US]: { state: 'serving', running: ['1.1.0', '1.0.0'] } },
    before: { [US]: 'absent', [EU]: 'absent' },
    warm: { [US]: 200, [EU]: 200 },
  });
});

it('applies only where it is not in effect yet', async () => {
  const [usEast] = sampleOf().scopes;
  await executor.apply(requestFor({ ...sampleOf(), scopes: [usEast as Sample['scopes'][number]] }));
  expect((await executor.lookUp(requestFor(sampleOf()))).state).toBe('partial');
  const before = desk.writes(US).length;
  await executor.apply(requestFor(sampleOf()));
  expect(desk.writes(US).length).toBe(before);
  expect((await executor.lookUp(requestFor(sampleOf()))).state).toBe('in-effect');
});

it('a revert leads back to the version before', async () => {
  await executor.apply(requestFor(sampleOf()));
  await executor.revert(requestFor(sampleOf()));
  expect(await desk.versions(EU)).toEqual(['1.0.0 running']);
  expect(await desk.served(EU)).toMatchObject({ version: '1.0.0' });
});

describe('refuses, certainly and with a remedy', () => {
  it.each(['7.7.7', '../shop-1.1.0', '.hidden'])('a version without an archive: %s', async (version) => {
    const error = await refusal(executor.apply(requestFor(sampleOf(version))));
    expect(error).toMatchObject({ code: 'unknown-version', retriable: false });
  });

  it('an archive that does not start: nothing of it is left behind', async () => {
    const error = await refusal(executor.apply(requestFor(sampleOf('9.9.9'))));
    expect(error).toMatchObject({ code: 'deploy-failed', retriable: false });
    expect(await desk.versions(US)).toEqual(['1.0.0 running']);
    expect(await desk.versions(EU)).toEqual(['1.0.0 running']);
  });

  it('but not when the Tomcat is gone before what failed is taken away: then it is unknown', async () => {
    const request = requestFor({ ...sampleOf('9.9.9'), scopes: [{ scope: 'us-east', members: [US] }] });
    const error = await (await cutOffAfterWrite('unreachable')).apply(request).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(NotApplied);
  });

  it('an older version than the one that serves, and the end of the only one', async () => {
    await executor.apply(requestFor(sampleOf()));
    await Promise.all([US, EU].map((member) => desk.undeploy(member, '1.0.0')));
    expect(await refusal(executor.apply(requestFor(sampleOf('1.0.0'))))).toMatchObject({
      code: 'newer-version-serves',
    });
    expect(await refusal(executor.revert(requestFor(sampleOf())))).toMatchObject({ code: 'only-version' });
    await Promise.all([US, EU].map((member) => desk.deploy(member, '1.0.0')));
  });

  it('wrong credentials, without telling them', async () => {
    const error = await refusal(executorWith({ password: 'canary-77aa' }).apply(requestFor(sampleOf())));
    expect(error).toMatchObject({ code: 'credentials-refused', retriable: false });
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('canary');
  });

  it('a member it does not know', async () => {
    const error = await refusal(executorWith({ members: {} }).apply(requestFor(sampleOf())));
    expect(error).toMatchObject({ code: 'unknown-member' });
  });

  it('a member that is down: nothing is written at the others either', async () => {
    const before = desk.writes(US).length;
    const members = { ...tomcat.members, [EU]: 'http://127.0.0.1:1' };
    const error = await refusal(executorWith({ members }).apply(requestFor(sampleOf())));
    expect(error).toMatchObject({ code: 'target-unreachable', retriable: true });
    expect(desk.writes(US).length).toBe(before);
  });
});

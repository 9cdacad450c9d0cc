import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Follower, requestFor } from '@causeway/executor-conformance';
import type { ChangeRequest, Executor, Observer, SeenMutation } from '@causeway/executor-sdk';
import { slowToStart } from '../spec/slow-archive';
import { startTomcatForSpecs, type TomcatForSpecs } from '../spec/start-tomcat';
import { TomcatDesk } from '../spec/tomcat-desk';
import type { TomcatSettings } from './config';
import { tomcatExecutor } from './executor';
import { tomcatObserver } from './observer';

jest.setTimeout(180_000);

const US = 'shop-us-east';
const EU = 'shop-eu-west';
const SOON_MS = 30_000;
const ROUNDS = 50;

let tomcat: TomcatForSpecs;
let desk: TomcatDesk;
let archives: string;
let executor: Executor;
let follower: Follower;

const settings = (): TomcatSettings => {
  const { members, user, password } = tomcat;
  return { members, user, password, warFolder: archives, context: 'shop', warmPath: '/none' };
};
const observer = (): Observer =>
  tomcatObserver(
    {
      tomcat: settings(),
      logs: { 'us-east': { [US]: logOf(US) }, 'eu-west': { [EU]: logOf(EU) } },
    },
    Date.now,
  );
const logOf = (member: string): string => tomcat.accessLogs[member] as string;

/** What our executor is asked, in both regions or in one. */
function asked(version: string, ...scopes: ('us-east' | 'eu-west')[]): ChangeRequest {
  copyFileSync(join(archives, 'shop-1.1.0.war'), join(archives, `shop-${version}.war`));
  const where = scopes.map((scope) => ({ scope, members: [`shop-${scope}`] }));
  return requestFor({ target: 'shop', change: 'deploy@v1', with: { version }, scopes: where });
}
/** What comes next, in short. */
async function next(count: number): Promise<SeenMutation[]> {
  const before = follower.seen.length;
  await follower.until(before + count, SOON_MS);
  return follower.seen.slice(before);
}
const nothingElse = async (): Promise<void> => {
  expect(await follower.sweep()).toEqual([]);
  expect(follower.gaps).toEqual([]);
};
/** Tomcat answers first and writes its log then: what is killed in between was done by nobody that is known. */
async function logged(file: string, version: string, command: () => Promise<unknown>): Promise<void> {
  const from = readFileSync(file).length;
  await command();
  while (!readFileSync(file).toString('utf8', from).includes(`version=${version}`))
    await new Promise((resolve) => setTimeout(resolve, 10));
}
/** Back to what the lab starts with. */
async function putBack(): Promise<void> {
  for (const member of [US, EU]) {
    const others = (await desk.versions(member)).filter((version) => !version.startsWith('1.0.0'));
    for (const other of others) await desk.undeploy(member, other.split(' ')[0] as string);
  }
}

beforeAll(async () => {
  tomcat = await startTomcatForSpecs();
  desk = new TomcatDesk({ ...tomcat, ...tomcat.team });
  archives = mkdtempSync(join(tmpdir(), 'causeway-archives-'));
  for (const version of ['1.0.0', '1.1.0'])
    copyFileSync(join(tomcat.warFolder, `shop-${version}.war`), join(archives, `shop-${version}.war`));
  writeFileSync(join(archives, 'shop-9.9.9.war'), 'no archive at all');
  executor = tomcatExecutor(settings());
});
afterAll(async () => {
  rmSync(archives, { recursive: true, force: true });
  await tomcat?.stop();
});
beforeEach(async () => {
  await putBack();
  follower = new Follower(observer());
  await follower.begin();
});

describe('whose it is, and what', () => {
  it('ours, by the user and the attempt, in each member; taken back by its own attempt', async () => {
    const request = asked('1.1.0', 'us-east', 'eu-west');
    await executor.apply(request);
    const seen = await next(2);
    const told = (scope: string, member: string) => ({
      resource: `${member}/shop`,
      change: 'deploy@v1',
      with: { version: '1.1.0' },
      effect: 'set',
      scopes: [{ scope, members: [member] }],
      actor: { kind: 'service', name: tomcat.user },
      channel: { client: 'causeway-executor/0.1.0', token: null, address: '127.0.0.1' },
      before: { kind: 'known', value: { version: '1.1.0', state: 'absent' } },
      after: { kind: 'known', value: { version: '1.1.0', state: 'running' } },
      by: { kind: 'executor', attemptId: request.attemptId },
    });
    expect(seen).toMatchObject([told('us-east', US), told('eu-west', EU)]);
    const back = asked('1.1.0', 'eu-west');
    await executor.revert(back);
    expect(await next(1)).toMatchObject([
      { resource: `${EU}/shop`, effect: 'removed', by: { attemptId: back.attemptId } },
    ]);
    await nothingElse();
  });

  it("the team's: deployed, stopped, started, undeployed; asking for what is there already, or for nothing, is none", async () => {
    await desk.deploy(EU, '1.1.0');
    // The log tells milliseconds: what begins in the one in which another ended could be either, and would be told.
    await later(20, () => desk.deploy(EU, '1.1.0'));
    for (const command of ['stop', 'start', 'reload'] as const) await desk.command(EU, command, '1.1.0');
    await desk.undeploy(EU, '1.1.0');
    await desk.undeploy(EU, '1.1.0');
    const seen = await next(4);
    expect(seen.map(({ effect, source }) => `${source.detail['command'] as string} ${effect}`)).toEqual([
      'deploy set',
      'stop removed',
      'start set',
      'undeploy removed',
    ]);
    for (const one of seen)
      expect(one).toMatchObject({
        actor: { kind: 'user', name: tomcat.team.user },
        channel: { client: 'by hand', address: '127.0.0.1' },
        by: { kind: 'other' },
      });
    await nothingElse();
  });

  it('our header from another user is no mark of ours, nor is our user without it', async () => {
    await desk.deploy(US, '1.1.0');
    await desk.command(US, 'stop', '1.1.0', { 'x-causeway-step': 'forged/gateway/1' });
    await new TomcatDesk(tomcat).undeploy(US, '1.0.0');
    await new TomcatDesk(tomcat).deploy(US, '1.0.0');
    expect((await next(4)).map(({ by, actor }) => `${by.kind} ${actor.name}`)).toEqual([
      `other ${tomcat.team.user}`,
      `other ${tomcat.team.user}`,
      `other ${tomcat.user}`,
      `other ${tomcat.user}`,
    ]);
  });

  it('an answer in another language is told from a refusal by what is there', async () => {
    const german = { 'accept-language': 'de' };
    await desk.deploy(EU, '1.1.0');
    await next(1);
    await desk.command(EU, 'undeploy', '1.1.0', german);
    expect(await next(1)).toMatchObject([{ effect: 'removed', with: { version: '1.1.0' } }]);
    await desk.command(EU, 'undeploy', '1.1.0', german);
    await nothingElse();
  });

  it('a version that takes its time to start, and is looked at meanwhile', async () => {
    writeFileSync(join(tomcat.warFolder, 'shop-slow.war'), slowToStart());
    const deploying = desk.deploy(US, '1.3.0', 'slow');
    expect(await next(1)).toMatchObject([
      { effect: 'set', with: { version: '1.3.0' }, actor: { name: tomcat.team.user }, happened: { kind: 'at' } },
    ]);
    expect(await deploying).toMatch(/^OK/);
    await nothingElse();
  });

  it('a deployment that does not start, and its tidying up, change nothing that anybody is served', async () => {
    const broken = requestFor({ ...asked('1.1.0', 'us-east'), with: { version: '9.9.9' } });
    await expect(executor.apply(broken)).rejects.toThrow('failed to deploy');
    await nothingElse();
    expect(await desk.versions(US)).toEqual(['1.0.0 running']);
  });
});

describe('nothing twice, nothing missed', () => {
  it('while ours and those of others come within 50 ms of each other, 50 times of 50', async () => {
    const [ours, theirs]: string[][] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      const version = `2.${String(round).padStart(3, '0')}`;
      const [there, back] = [asked(version, 'eu-west'), asked(version, 'eu-west')];
      const theirTurn = round % 2 === 0 ? () => desk.deploy(EU, '1.5.0', '1.1.0') : () => desk.undeploy(EU, '1.5.0');
      await Promise.all([later(25, () => executor.apply(there)), later((round * 7) % 51, theirTurn)]);
      await executor.revert(back);
      ours?.push(`executor ${there.attemptId} set ${version}`, `executor ${back.attemptId} removed ${version}`);
      theirs?.push(`other ${tomcat.team.user} ${round % 2 === 0 ? 'set' : 'removed'} 1.5.0`);
    }
    const seen = await next(3 * ROUNDS);
    const told = seen.map(({ by, actor, effect, with: { version } }) => {
      const who = by.kind === 'executor' ? by.attemptId : actor.name;
      return `${by.kind} ${who} ${effect} ${String(version)}`;
    });
    expect(told.filter((one) => one.startsWith('executor'))).toEqual(ours);
    expect(told.filter((one) => one.startsWith('other'))).toEqual(theirs);
    await nothingElse();
  });

  it('when both deploy the same version at once, neither hides the other', async () => {
    const doers = new Map<string, string[]>();
    for (let round = 0; round < 10; round++) {
      const version = `3.${round}`;
      const [theirs, ours] = await Promise.all([
        later((round * 7) % 30, () => desk.deploy(US, version, '1.1.0')).then((answer) => answer.startsWith('OK')),
        later(15, () => executor.apply(asked(version, 'us-east'))).then(
          ({ changed }) => changed,
          () => false,
        ),
      ]);
      doers.set(version, [...(ours ? ['executor'] : []), ...(theirs ? ['other'] : [])]);
    }
    // What was refused comes too when the log cannot tell it from what was done; its line may be written rounds later. Half deployed, it goes first.
    for (const [version, those] of doers) {
      const ofIt = () => follower.seen.filter((seen) => seen.with.version === version);
      const told = (): string[] => ofIt().map(({ by, effect }) => `${by.kind} ${effect}`);
      while (!those.every((kind) => told().includes(`${kind} set`))) await next(1);
      expect(told()).toEqual([...new Set(told())]);
    }
    expect(follower.gaps).toEqual([]);
  });

  it('over a restart of the observer, a crash of Tomcat and a rotated log', async () => {
    await desk.deploy(EU, '1.1.0');
    follower.handOver(observer());
    await next(1);
    // Tomcat goes on in the renamed file; only the next one begins a new file.
    renameSync(logOf(EU), `${logOf(EU)}.1`);
    await desk.deploy(EU, '1.2.0', '1.1.0');
    await next(1);
    await logged(`${logOf(EU)}.1`, '1.1.0', () => desk.undeploy(EU, '1.1.0'));
    await tomcat.crash(EU);
    await desk.undeploy(EU, '1.2.0');
    follower.handOver(observer());
    await next(2);
    expect(readdirSync(dirname(logOf(EU)))).toEqual(expect.arrayContaining(['access.log', 'access.log.1']));
    expect(follower.seen.map(({ effect, with: { version } }) => `${effect} ${String(version)}`)).toEqual([
      'set 1.1.0',
      'set 1.2.0',
      'removed 1.1.0',
      'removed 1.2.0',
    ]);
    await nothingElse();
  });

  it('what no line explains happened between two looks, by nobody that is known', async () => {
    await desk.deploy(US, '1.1.0');
    await desk.command(US, 'stop', '1.1.0');
    await next(2);
    // A stopped version runs again after a restart.
    await tomcat.crash(US);
    const [seen] = await next(1);
    expect(seen).toMatchObject({
      ...{ resource: `${US}/shop`, effect: 'set', with: { version: '1.1.0' } },
      actor: { kind: 'unknown', name: null },
      by: { kind: 'other' },
      happened: { kind: 'between' },
    });
    await nothingElse();
  });
});

describe('what may be missing is a gap', () => {
  it('a log that was emptied: what is in it now is told all the same', async () => {
    await desk.deploy(EU, '1.1.0');
    await next(1);
    truncateSync(logOf(EU), 0);
    await desk.undeploy(EU, '1.1.0');
    await next(1);
    expect(follower.gaps).toMatchObject([{ reason: `${EU}: the access log was emptied` }]);
  });

  it('a log that is gone', async () => {
    await follower.sweep();
    rmSync(logOf(EU));
    for (const name of readdirSync(dirname(logOf(EU))).filter((each) => each.startsWith('access.log')))
      rmSync(join(dirname(logOf(EU)), name));
    await tomcat.crash(EU);
    await desk.deploy(EU, '1.1.0');
    await next(1);
    // The new file may well get the number of the old one on the disk.
    expect(follower.gaps[0]?.reason).toMatch(/^shop-eu-west: the access log was (rotated away|emptied)$/);
  });
});

const later = async <T>(ms: number, work: () => Promise<T>): Promise<T> => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return work();
};

import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { COVERAGE_TYPE, MUTATION_TYPE, type CoverageData, type MutationData } from '@causeway/contracts';
import { createDatabase, startKafka, startPostgres, type Kafka } from '@causeway/lab';
import { CommandDesk } from '../../spec/command-desk';

jest.setTimeout(90_000);

let desk: CommandDesk;
let kafka: Kafka;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-observing-'));
  closers.push(async () => rmSync(dir, { recursive: true, force: true }));
  const say = (): void => undefined;
  // The tests' common broker must not be killed.
  kafka = await startKafka({ dir, say, isOwn: true });
  closers.push(() => kafka.stop());
  const postgres = await startPostgres({ dir, say });
  closers.push(() => postgres.stop());
  // Of its own: another spec of this executor may be running beside it.
  const databaseUrl = await createDatabase(postgres.url, `desk_${process.pid}_${Date.now()}`);
  desk = await CommandDesk.open(kafka.brokers, databaseUrl);
});
afterEach(() => desk.endAll());
afterAll(async () => {
  await desk?.close();
  for (const close of closers.reverse()) await close();
});

let targets = 0;
/** A target of its own: its history file, and what was told of it. */
class Followed {
  readonly name = `folder-${targets++}`;
  private lines = 0;

  constructor() {
    writeFileSync(this.path('history'), '');
  }

  environment = (): NodeJS.ProcessEnv => ({ CAUSEWAY_OBSERVES: this.name });

  path = (what: string): string => join(desk.folder, `${what}-${this.name}`);

  /** Somebody changes the target. */
  change(who = 'somebody'): string {
    const id = `change-${++this.lines}`;
    appendFileSync(this.path('history'), `${id} ${who} name-${this.lines}\n`);
    return id;
  }

  async changeFor(ms: number): Promise<string[]> {
    const made: string[] = [];
    for (const end = performance.now() + ms; performance.now() < end; await sleep(5)) made.push(this.change());
    return made;
  }

  told = () => desk.observations.filter(({ message }) => message.data.target === this.name);
  mutations = (): MutationData[] =>
    this.told().flatMap(({ message }) => (message.type === MUTATION_TYPE ? [message.data] : []));
  ids = (): string[] => this.mutations().map(({ source }) => source.id);
  coverage = (): CoverageData[] =>
    this.told().flatMap(({ message }) => (message.type === COVERAGE_TYPE ? [message.data] : []));

  /** Starts a process and waits until it follows: what changes from now on must be told. */
  async start() {
    const from = desk.log.length;
    const child = await desk.start(this.environment());
    await desk.until('it observes', () => desk.log.slice(from).includes('observing from now on'));
    return child;
  }

  async untilTold(ids: readonly string[]): Promise<void> {
    await desk.until(`${ids.length} changes are told`, () => this.ids().length >= ids.length);
    await this.untilCoveredNow();
  }

  async untilCoveredNow(): Promise<void> {
    const now = new Date().toISOString();
    await desk.until('the time until now is covered', () => this.coverage().some(({ to }) => to > now));
  }
}

/** The intervals told, one after the other without holes. */
function expectWithoutHoles(coverage: readonly CoverageData[]): void {
  coverage.slice(1).forEach(({ from }, i) => expect(from).toBe(coverage[i]?.to));
}

it('tells a change once, who made it, and that the time is covered, in this order in one partition', async () => {
  const target = new Followed();
  await target.start();
  const id = target.change('idp-team');
  await target.untilTold([id]);
  const [mutation, ...coverage] = target.told();
  expect(mutation).toMatchObject({ key: target.name, principal: 'executor-journal' });
  expect(mutation?.message).toMatchObject({
    type: MUTATION_TYPE,
    subject: target.name,
    correlationId: target.name,
    data: {
      target: target.name,
      resource: 'names/name-1',
      actor: { kind: 'user', name: 'idp-team' },
      by: { kind: 'other' },
      source: { id },
      history: 'ordered-ids',
    },
  });
  expect(coverage.map(({ message }) => message.type)).toEqual(coverage.map(() => COVERAGE_TYPE));
  expect(new Set(target.told().map(({ partition }) => partition)).size).toBe(1);
  expectWithoutHoles(target.coverage());
});

it('killed with -9 again and again while changes go on: none is lost, none twice, the order stays, no hole in the time', async () => {
  const target = new Followed();
  let child = await target.start();
  const made = [target.change()];
  for (let kills = 0; kills < 3; kills++) {
    made.push(...(await target.changeFor(400)));
    await desk.end(child, 'SIGKILL');
    made.push(...(await target.changeFor(50)));
    child = await desk.start(target.environment());
  }
  await target.untilTold(made);
  expect(target.ids()).toEqual(made);
  expectWithoutHoles(target.coverage());
});

it('Kafka away for a while: what changed meanwhile comes afterwards, once', async () => {
  const target = new Followed();
  await target.start();
  const before = [target.change()];
  await target.untilTold(before);
  await kafka.kill();
  const meanwhile = await target.changeFor(5_000);
  await kafka.restart();
  const made = [...before, ...meanwhile, target.change()];
  await target.untilTold(made);
  expect(target.ids()).toEqual(made);
  expectWithoutHoles(target.coverage());
});

it('two processes: one follows; when it is killed, the other goes on from where it stood', async () => {
  const target = new Followed();
  const first = await target.start();
  await desk.start(target.environment());
  const made = await target.changeFor(500);
  await desk.end(first, 'SIGKILL');
  made.push(...(await target.changeFor(500)));
  await target.untilTold(made);
  expect(target.ids()).toEqual(made);
  expectWithoutHoles(target.coverage());
});

it('a history that cannot be read for a while: the time is covered late, nothing is lost, and it is logged once', async () => {
  const target = new Followed();
  await target.start();
  const from = desk.log.length;
  writeFileSync(target.path('unreadable'), '');
  await desk.until('it is noticed', () => desk.log.slice(from).includes('not observed for now'));
  const made = await target.changeFor(1_000);
  rmSync(target.path('unreadable'));
  await target.untilTold(made);
  expect(target.ids()).toEqual(made);
  expectWithoutHoles(target.coverage());
  expect(target.coverage().map(({ kind }) => kind)).not.toContain('gap');
  expect(desk.log.slice(from).split('the history cannot be read')).toHaveLength(2);
});

it('a history that was cut: a gap from the last covered instant, with its reason, and on from there', async () => {
  const target = new Followed();
  await target.start();
  await target.untilTold([target.change(), target.change()]);
  writeFileSync(target.path('history'), '');
  await desk.until('a gap is told', () => target.coverage().some(({ kind }) => kind === 'gap'));
  const later = target.change();
  await desk.until('it goes on', () => target.ids().includes(later));
  await target.untilCoveredNow();
  const gaps = target.coverage().filter(({ kind }) => kind === 'gap');
  expect(gaps).toEqual([expect.objectContaining({ reason: 'the history has 0 lines, 2 were read before' })]);
  expectWithoutHoles(target.coverage());
});

it('time goes on being covered while nothing happens', async () => {
  const target = new Followed();
  await target.start();
  await target.untilCoveredNow();
  await target.untilCoveredNow();
  expect(target.mutations()).toEqual([]);
  expectWithoutHoles(target.coverage());
});

describe('at the start', () => {
  it('says that it observes nothing when no target is named', async () => {
    await desk.start();
    expect(desk.log).toContain('observes no target: CAUSEWAY_OBSERVES is not set');
  });

  it('refuses to observe without an observer, and a target that is no name', async () => {
    const blind = desk.spawn({ CAUSEWAY_OBSERVES: 'folder', JOURNAL_BLIND: 'yes' });
    expect(await new Promise((resolve) => blind.once('exit', resolve))).toBe(1);
    expect(desk.log).toContain('executor-journal has no observer');
    const misnamed = desk.spawn({ CAUSEWAY_OBSERVES: 'No Name' });
    expect(await new Promise((resolve) => misnamed.once('exit', resolve))).toBe(1);
    expect(desk.log).toMatch(/CAUSEWAY_OBSERVES/);
  });
});

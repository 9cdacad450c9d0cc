import { LedgerLab, openGround, until, type Ground } from '../spec/ledger-lab';
import { stepStory } from '../spec/story';

jest.setTimeout(180_000);

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground?.close());

/**
 * Kills a ledger between a commit and its publication. Where a kill falls is chance, so more is sent until one falls there.
 *
 * @returns how many entries there have to be in the end
 */
async function killBetween(lab: LedgerLab): Promise<number> {
  for (let sent = 4_000; sent <= 20_000; sent += 4_000) {
    const before = await lab.size();
    await lab.send(Array.from({ length: 500 }, stepStory).flat());
    const { child, ended } = await lab.start();
    await until(async () => (await lab.size()) > before, 'something is committed');
    child.kill('SIGKILL');
    await ended;
    if ((await lab.size()) > (await lab.published()).texts.length) return sent;
  }
  throw new Error('no kill fell between a commit and its publication');
}

describe('a ledger that dies at its work', () => {
  let lab: LedgerLab;
  beforeAll(async () => {
    lab = await LedgerLab.open(ground);
  });
  afterAll(() => lab?.close());

  it('P11: given it is killed right after commits, publishes every entry after its restart, none twice under another index', async () => {
    const sent = await killBetween(lab);
    const { child, ended } = await lab.start();
    await lab.untilSize(sent);
    await until(async () => new Set((await lab.published()).indices).size === sent, 'all are published');
    const { texts } = await lab.published();
    const rows = await lab.query<{ bytes: string }>('select bytes from ledger.entry order by index');
    expect(texts).toEqual(rows.map(({ bytes }) => bytes));
    expect((await lab.run('accounting', '--settle', '10s')).code).toBe(0);
    expect((await lab.run('check')).code).toBe(0);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('given the database ends its sessions, goes on by itself and records each once', async () => {
    const before = await lab.size();
    const { child } = await lab.start();
    for (let round = 0; round < 5; round++) {
      await lab.send(Array.from({ length: 50 }, stepStory).flat());
      await lab.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'causeway_ledger_spec' and datname = current_database()`,
      );
    }
    await lab.untilSize(before + 2_000);
    expect(await lab.size()).toBe(before + 2_000);
    expect(child.exitCode).toBeNull();
    expect((await lab.run('accounting', '--settle', '10s')).code).toBe(0);
    expect((await lab.run('check')).code).toBe(0);
    child.kill('SIGTERM');
  });
});

describe('the locks of the log', () => {
  let lab: LedgerLab;
  beforeAll(async () => {
    lab = await LedgerLab.open(ground);
    const { child, ended } = await lab.start();
    await lab.send(Array.from({ length: 10 }, stepStory).flat());
    await lab.untilSize(80);
    await lab.untilPublished(80);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
  afterAll(() => lab?.close());

  const COLUMNS = {
    entry: 'type',
    head: 'note',
    duplicate: 'digest',
    parked: 'reason',
    waiting: 'topic',
    writer: 'holder',
    published: 'at',
    refusal: 'topic',
    generation: 'topic',
  };
  const TABLES = Object.entries(COLUMNS);

  it.each([
    ['update', (table: string, column: string) => `update ${table} set ${column} = ${column}`],
    ['delete', (table: string) => `delete from ${table}`],
    ['truncate', (table: string) => `truncate ${table}`],
    ['drop', (table: string) => `drop table ${table}`],
    ['alter', (table: string) => `alter table ${table} disable trigger all`],
  ])('the role of the service may not %s any table', async (_, statement) => {
    const service = await lab.asService();
    for (const [table, column] of TABLES)
      await expect(service.query(statement(table, column))).rejects.toThrow(/permission denied|must be owner/);
    await expect(service.query('create table other (id int)')).rejects.toThrow(/permission denied/);
    await service.end();
  });

  it('the owner may not either, while the second lock is on', async () => {
    await lab.query('set search_path = ledger');
    for (const [table, column] of TABLES) {
      for (const statement of [
        `delete from ${table}`,
        `truncate ${table}`,
        `update ${table} set ${column} = ${column}`,
      ]) {
        await expect(lab.query(statement)).rejects.toThrow(/refused: the ledger is only ever added to/);
      }
    }
  });

  it('the service refuses a role that could do more', async () => {
    await lab.query('grant update on ledger.entry to causeway_ledger_spec');
    await expect(lab.start()).rejects.toThrow(/may do more than insert and select \(entry: UPDATE\)/);
    await lab.query('revoke update on ledger.entry from causeway_ledger_spec');
  });

  /** As whoever owns the server could, with the locks taken off; undone afterwards. */
  async function tampered(sql: string, look: () => Promise<void>): Promise<void> {
    await lab.query('create table kept as select * from ledger.entry');
    await lab.query('create table kept_heads as select * from ledger.head');
    for (const table of ['entry', 'head']) await lab.query(`alter table ledger.${table} disable trigger only_added_to`);
    try {
      await lab.query(sql);
      await look();
    } finally {
      await lab.query('delete from ledger.entry');
      await lab.query('insert into ledger.entry select * from kept');
      await lab.query('delete from ledger.head');
      await lab.query('insert into ledger.head select * from kept_heads');
      await lab.query('drop table kept, kept_heads');
      for (const table of ['entry', 'head'])
        await lab.query(`alter table ledger.${table} enable trigger only_added_to`);
    }
  }

  it.each([
    [
      'an entry says something else',
      `update ledger.entry set bytes = replace(bytes, 'correlationId', 'correlationID') where index = 41`,
      41,
    ],
    [
      'an entry and its leaf hash are changed',
      `update ledger.entry set bytes = replace(bytes, 'correlationId', 'correlationID'), leaf_hash = sha256(decode('00', 'hex') || convert_to(replace(bytes, 'correlationId', 'correlationID'), 'UTF8')) where index = 79`,
      null,
    ],
    ['an entry is gone', `delete from ledger.entry where index = 41`, 41],
    [
      'two entries change places',
      `update ledger.entry set index = 1000 where index = 10; update ledger.entry set index = 10 where index = 11`,
      10,
    ],
    ['the newest entries are gone', `delete from ledger.entry where index >= 79`, 79],
    [
      'the newest entries are gone with their heads',
      `delete from ledger.head where size > 0; delete from ledger.entry`,
      0,
    ],
    ['a column says something else', `update ledger.entry set type = 'causeway.other.v1' where index = 5`, 5],
    [
      'a head has another root',
      `update ledger.head set root = sha256('x') where size = (select max(size) from ledger.head)`,
      null,
    ],
    [
      'a checkpoint is not signed by the ledger',
      `update ledger.head set note = replace(note, E'\\u2014 causeway.local/ledger ', E'\\u2014 causeway.local/ledger A')`,
      null,
    ],
  ] as const)('given %s, check finds it', async (_, sql, index) => {
    await tampered(sql, async () => {
      const fault = index === null ? {} : { index };
      expect(await lab.walk()).toMatchObject({ ok: false, fault });
    });
  });

  it('given a damaged log, the service does not extend it and names the first bad index', async () => {
    await tampered(`delete from ledger.entry where index = 41`, async () => {
      await expect(lab.start()).rejects.toThrow('the ledger disagrees with itself from index 41 on');
      expect(await lab.run('check')).toMatchObject({ code: 1, text: expect.stringContaining('damaged at index 41') });
    });
    expect((await lab.run('check')).code).toBe(0);
  });
});

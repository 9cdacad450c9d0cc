import { deadLetterTopic, topicNames } from '@causeway/contracts';
import { Frontier, leafHash, openCheckpoint, verifyExport, sealText } from '@causeway/ledger-core';
import { loadVerifier, newEventId, sha256, verifyBytes } from '@causeway/signing';
import { LedgerLab, openGround, until, type Ground } from '../spec/ledger-lab';
import { stepStory, type Told } from '../spec/story';
import type { Client } from 'pg';
import { unpublished } from './store/own-state';

jest.setTimeout(120_000);

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground?.close());

const rootOf = (texts: readonly string[]): string =>
  Buffer.from(
    Frontier.empty(sha256)
      .appendAll(texts.map((text) => leafHash(sha256, Buffer.from(text))))
      .root(),
  ).toString('hex');

const eventsOf = (texts: readonly string[]): string[] =>
  texts.map((text) => (JSON.parse(text) as { data: { eventId: string } }).data.eventId);

const rowsOf = async <R>(client: Client, sql: string, params: readonly unknown[] = []): Promise<R[]> =>
  (await client.query(sql, [...params])).rows as R[];

describe('the ledger in quiet weather', () => {
  let lab: LedgerLab;
  let stories: Told[][];
  beforeAll(async () => {
    lab = await LedgerLab.open(ground);
    stories = Array.from({ length: 40 }, stepStory);
    await lab.send(stories.flat());
    await lab.start();
    await lab.untilSize(320);
    await lab.untilPublished(320);
  });
  afterAll(() => lab?.close());

  it('given 40 sequences on all topics, records each message once, without gaps, causes first', async () => {
    const { texts, indices } = await lab.published();
    expect(indices).toEqual(Array.from({ length: 320 }, (_, i) => i));
    const events = eventsOf(texts);
    expect([...events].sort()).toEqual(stories.flatMap((story) => story.map(({ draft }) => draft.id)).sort());
    const at = new Map(events.map((id, i) => [id, i]));
    for (const { draft } of stories.flat()) {
      for (const cause of draft.causationIds) expect(at.get(cause)).toBeLessThan(at.get(draft.id) as number);
    }
  });

  it('publishes word for word what it stores, and a root that anybody computes from the topic', async () => {
    const { texts } = await lab.published();
    const rows = await lab.query<{ bytes: string }>('select bytes from ledger.entry order by index');
    expect(texts).toEqual(rows.map(({ bytes }) => bytes));
    const [head] = await lab.query<{ root: Buffer }>('select root from ledger.head order by size desc limit 1');
    expect(rootOf(texts)).toBe(head?.root.toString('hex'));
  });

  it('covers them by a signed checkpoint, and gives what an export needs to verify offline', async () => {
    const { texts } = await lab.published();
    const messages = (await lab.read(topicNames.checkpoints)).map(({ value }) => JSON.parse(String(value)).data);
    const last = messages.at(-1);
    const { line, note } = messages.find((data) => data.exportHeader).exportHeader;
    const ports = { sha256, verifyEd25519: verifyBytes };
    const key = loadVerifier(lab.people.trustFile).keys.find(({ principal }) => principal === 'ledger');
    const publicKey = Buffer.from(key?.publicKey as string, 'base64');
    const opened = openCheckpoint(ports, last.note, { name: 'causeway.local/ledger', publicKey });
    expect(opened).toMatchObject({ ok: true, tree: { size: 320 } });
    const leafHashes = texts.map((text) => leafHash(sha256, Buffer.from(text)));
    const seal = sealText({ checkpoint: last.note, entries: 320, headerNote: note, leafHashes });
    const file = Buffer.from(`${[line, ...texts, seal].join('\n')}\n`);
    expect(verifyExport(file, ports)).toMatchObject({ ok: true });
  });

  it('tells from its tables what is on the topic, a second later; of an empty topic that nothing is', async () => {
    const client = await lab.asService();
    const tx = { query: async <R>(sql: string, params?: readonly unknown[]) => rowsOf<R>(client, sql, params) };
    await until(async () => (await unpublished(tx, true)).entries === 0, 'the position is noted while it rests');
    const lost = await unpublished(tx, false);
    expect(lost.entries).toBe(await lab.size());
    expect(lost.oldestMs).toBeGreaterThan(0);
    await client.end();
  });

  it('given messages come again, counts them as repetitions and adds up', async () => {
    await lab.send((stories[0] as Told[]).slice(0, 5));
    await until(async () => (await lab.query('select 1 from ledger.duplicate')).length === 5, '5 duplicates');
    expect(await lab.size()).toBe(320);
    const { code, text } = await lab.run('accounting', '--settle', '10s');
    expect(text).toMatch(/adds up: 325 messages/);
    expect(code).toBe(0);
  });

  it('given garbage on every topic, parks and records each place, and the good ones between pass', async () => {
    const story = stepStory();
    const topics = [...new Set(story.map(({ draft }) => draft.topic))];
    const places = [...topics, deadLetterTopic(topicNames.records)];
    const garbage = (topic: string, value: string) => ({
      id: 'x',
      topic,
      key: 'k',
      headers: {},
      value: Buffer.from(value),
    });
    const before = await lab.size();
    await lab.sendSealed(places.flatMap((topic) => [garbage(topic, '{"a":'), garbage(topic, '['.repeat(20_000))]));
    await lab.send(story);
    await lab.sendSealed(places.map((topic) => garbage(topic, '{}')));
    // Each dead letter is an entry of its own.
    await lab.untilSize(before + 8 + 3 * places.length);
    const reasons = async (): Promise<string> => {
      const rows = await lab.query<{ reason: string }>('select reason from ledger.parked order by reason');
      return rows.map(({ reason }) => reason).join();
    };
    const seven = (reason: string): string => Array(7).fill(reason).join();
    const wanted = [seven('not-json'), seven('too-deep'), seven('unsigned')].join();
    await until(async () => (await reasons()) === wanted, 'all 21 are parked with their reasons');
    const { code, text } = await lab.run('accounting', '--json', '--settle', '10s');
    expect(JSON.parse(text)).toMatchObject({ addsUp: true });
    expect(code).toBe(0);
  });

  it('given text that has no bytes (half a surrogate pair), parks it rather than stumble over it', async () => {
    const [intent] = stepStory() as [Told];
    await lab.send([{ ...intent, draft: { ...intent.draft, subject: '\ud800', correlationId: '\udfff' } }]);
    const parked = `select 1 from ledger.parked where reason = 'header-mismatch'`;
    await until(async () => (await lab.query(parked)).length === 1, 'it is parked');
  });

  it('given another message under a taken id, keeps the first and counts the other', async () => {
    const [first] = stories[1] as [Told];
    const other: Told = {
      ...first,
      draft: { ...first.draft, data: { ...(first.draft.data as object), requestedBy: 'other' } },
    };
    await lab.send([other]);
    await until(async () => (await lab.query('select 1 from ledger.duplicate')).length === 6, '6 duplicates');
    const [row] = await lab.query<{ bytes: string }>('select bytes from ledger.entry where event_id = $1', [
      first.draft.id,
    ]);
    expect(row?.bytes).not.toContain('other');
  });

  it('check agrees with all rows, heads and checkpoints', async () => {
    const { code, text } = await lab.run('check');
    expect(text).toMatch(/^\d+ entries and \d+ checkpoints agree/);
    expect(code).toBe(0);
  });
});

describe('a cause', () => {
  let lab: LedgerLab;
  beforeAll(async () => {
    lab = await LedgerLab.open(ground, { LEDGER_CAUSE_WAIT_MS: '4000' });
  });
  afterAll(() => lab?.close());

  const causeMissing = async (id: string): Promise<unknown> => {
    const [row] = await lab.query<{ bytes: string }>('select bytes from ledger.entry where event_id = $1', [id]);
    return row && (JSON.parse(row.bytes).data.causeMissing ?? 'none');
  };

  it('given it comes late, its effects wait, others go on, and all are in order', async () => {
    const { child } = await lab.start();
    const [late, other] = [stepStory(), stepStory()];
    await lab.send(late.slice(1));
    await lab.send(other);
    await lab.untilSize(8);
    expect(await lab.query('select 1 from ledger.entry where sequence_id = $1', [late[0]?.draft.subject])).toEqual([]);
    await lab.send(late.slice(0, 1));
    await lab.untilSize(16);
    for (const { draft } of late) expect(await causeMissing(draft.id)).toBe('none');
    child.kill('SIGTERM');
  });

  it('given it never comes, its effect is appended after the bound and names it; what follows is complete', async () => {
    const size = await lab.size();
    const { child } = await lab.start();
    const orphan = stepStory();
    const outside = newEventId();
    const intent = orphan[0] as Told;
    await lab.send([{ ...intent, draft: { ...intent.draft, causationIds: [outside] } }, ...orphan.slice(1)]);
    await lab.untilSize(size + 8);
    expect(await causeMissing(intent.draft.id)).toEqual([outside]);
    for (const { draft } of orphan.slice(1)) expect(await causeMissing(draft.id)).toBe('none');
    expect((await lab.run('accounting', '--settle', '10s')).code).toBe(0);
    child.kill('SIGTERM');
  });

  it('given the ledger is killed while events wait, they still wait after its restart', async () => {
    const size = await lab.size();
    const first = await lab.start();
    const late = stepStory();
    await lab.send(late.slice(1));
    const remembered = `select 1 from ledger.waiting where message ->> 'value' like '%' || $1 || '%'`;
    await until(
      async () => (await lab.query(remembered, [late[0]?.draft.subject])).length === 7,
      'they are remembered as waiting',
    );
    first.child.kill('SIGKILL');
    await first.ended;
    const { text } = await lab.run('accounting', '--json');
    expect(JSON.parse(text).partitions.reduce((n: number, p: { waiting: number }) => n + p.waiting, 0)).toBe(7);
    const second = await lab.start();
    expect(await lab.size()).toBe(size);
    await lab.send(late.slice(0, 1));
    await lab.untilSize(size + 8);
    for (const { draft } of late) expect(await causeMissing(draft.id)).toBe('none');
    expect((await lab.run('accounting', '--settle', '10s')).code).toBe(0);
    second.child.kill('SIGTERM');
  });
});

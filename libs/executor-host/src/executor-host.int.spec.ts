import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, startKafka, startPostgres } from '@causeway/lab';
import { sha256Hex } from '@causeway/signing';
import { CommandDesk, newSequence } from '../spec/command-desk';

jest.setTimeout(90_000);

let desk: CommandDesk;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-host-'));
  closers.push(async () => rmSync(dir, { recursive: true, force: true }));
  const say = (): void => undefined;
  const kafka = await startKafka({ dir, say });
  closers.push(() => kafka.stop());
  const postgres = await startPostgres({ dir, say });
  closers.push(() => postgres.stop());
  // Of its own: another spec of this executor may be running beside it.
  const databaseUrl = await createDatabase(postgres.url, `desk_${process.pid}_${Date.now()}`);
  desk = await CommandDesk.open(kafka.brokers, databaseUrl);
});
afterAll(async () => {
  await desk?.close();
  for (const close of closers.reverse()) await close();
});

describe('an executor in quiet weather', () => {
  beforeAll(() => desk.start());
  afterAll(() => desk.endAll());

  it('answers a command once, signed, with the digest of exactly its bytes', async () => {
    const sequenceId = newSequence();
    const [command] = await desk.send([{ sequenceId, with: { name: 'one' } }]);
    const { message, key, principal } = await desk.firstResultOf(sequenceId);
    expect(principal).toBe('executor-journal');
    expect(key).toBe(sequenceId);
    expect(message).toMatchObject({
      subject: sequenceId,
      correlationId: `story-${sequenceId}`,
      causationIds: [command?.id],
      data: {
        step: 'put',
        attempt: 1,
        epoch: 1,
        verb: 'apply',
        target: 'folder',
        outcome: { kind: 'applied', changed: true },
      },
    });
    expect(message.data.commandDigest).toBe(sha256Hex(command?.value as Buffer));
    expect(desk.journalOf(sequenceId)).toEqual(['call put/1', 'effect put/1']);
  });

  it('takes an attempt once, whether its command comes again or another command names it', async () => {
    const sequenceId = newSequence();
    const sealed = await desk.send([{ sequenceId, with: { name: 'twice' } }]);
    await desk.firstResultOf(sequenceId);
    await desk.sendAgain(sealed);
    await desk.send([{ sequenceId, with: { name: 'twice' } }]);
    await desk.send([{ sequenceId, step: 'marker', with: { name: 'marker' } }]);
    await desk.until('the marker is answered', () => desk.resultsOf(sequenceId).length >= 2);
    expect(desk.resultsOf(sequenceId).map(({ message }) => message.data.step)).toEqual(['put', 'marker']);
    expect(desk.journalOf(sequenceId).filter((line) => line.startsWith('call put'))).toHaveLength(1);
  });

  it('answers every look-up that is asked', async () => {
    const sequenceId = newSequence();
    const lookUp = { sequenceId, verb: 'look-up' as const, with: { name: 'nobody put it' } };
    await desk.send([lookUp]);
    await desk.send([lookUp]);
    await desk.until('two answers', () => desk.resultsOf(sequenceId).length === 2);
    expect(desk.resultsOf(sequenceId)[1]?.message.data.outcome).toMatchObject({ kind: 'looked-up', state: 'absent' });
    expect(desk.journalOf(sequenceId)).toEqual([]);
  });

  it('refuses an older epoch than one it took, and calls nothing', async () => {
    const sequenceId = newSequence();
    await desk.send([{ sequenceId, epoch: 3, attempt: 2, verb: 'look-up', with: { name: 'fence' } }]);
    await desk.firstResultOf(sequenceId);
    await desk.send([{ sequenceId, epoch: 2, with: { name: 'fence' } }]);
    await desk.until('the refusal', () => desk.resultsOf(sequenceId).length === 2);
    expect(desk.resultsOf(sequenceId)[1]?.message.data.outcome).toMatchObject({ kind: 'refused', code: 'stale-epoch' });
    expect(desk.journalOf(sequenceId)).toEqual([]);
  });

  it('keeps the order of one sequence, and lets no slow sequence hold up another', async () => {
    const [slow, quick] = [newSequence(), newSequence()];
    const steps = ['a', 'b', 'c'];
    await desk.send(steps.map((step) => ({ sequenceId: slow, step, with: { name: `slow-${step}`, slowMs: 400 } })));
    await desk.send([{ sequenceId: quick, with: { name: 'quick' } }]);
    await desk.firstResultOf(quick);
    expect(desk.resultsOf(slow).length).toBeLessThan(3);
    await desk.until('the slow ones', () => desk.resultsOf(slow).length === 3);
    const calls = steps.flatMap((step) => [`call ${step}/1`, `effect ${step}/1`]);
    expect(desk.journalOf(slow)).toEqual(calls);
  });

  it('stopped in between, answers what is under way and leaves the rest untouched for the next process', async () => {
    const sequenceId = newSequence();
    await desk.endAll();
    const stopped = await desk.start();
    await desk.send(
      ['a', 'b'].map((step) => ({
        sequenceId,
        step,
        change: 'shout@v1',
        with: { name: `stop-${step}`, slowMs: 1_000 },
      })),
    );
    await desk.until('the first call', () => desk.journalOf(sequenceId).length > 0);
    expect(await desk.end(stopped, 'SIGTERM')).toBe(0);
    expect(desk.journalOf(sequenceId)).toEqual(['call a/1', 'effect a/1']);
    await desk.start();
    await desk.until('both answers', () => desk.resultsOf(sequenceId).length === 2);
    const kinds = desk.resultsOf(sequenceId).map(({ message }) => message.data.outcome.kind);
    expect(kinds).toEqual(['applied', 'applied']);
  });
});

describe('killed with -9', () => {
  afterEach(() => desk.endAll());

  const killed = async (order: Parameters<CommandDesk['send']>[0][number]) => {
    const sequenceId = newSequence();
    const child = await desk.start();
    const gone = new Promise((resolve) => child.once('exit', resolve));
    await desk.send([{ ...order, sequenceId }]);
    await gone;
    expect(desk.resultsOf(sequenceId)).toEqual([]);
    desk.spawn();
    const { message } = await desk.firstResultOf(sequenceId);
    return { sequenceId, outcome: message.data.outcome, attempt: message.data.attempt };
  };

  it('before the call (P4): looked at, absent, applied under the same attempt id', async () => {
    const { sequenceId, outcome } = await killed({ with: { name: 'p4', crash: 'before-call' } });
    expect(outcome).toMatchObject({ kind: 'applied', changed: true });
    expect(desk.journalOf(sequenceId)).toEqual(['call put/1', 'effect put/1']);
  });

  it('after the effect (P6): found by the look-up, no second call', async () => {
    const { sequenceId, outcome } = await killed({ with: { name: 'p6', crash: 'after-effect' } });
    expect(outcome).toMatchObject({ kind: 'applied', changed: true, evidence: { settledBy: 'look-up' } });
    expect(desk.journalOf(sequenceId)).toEqual(['call put/1', 'effect put/1']);
  });

  it('class D: unknown, and never called again', async () => {
    const { sequenceId, outcome } = await killed({ change: 'shout@v1', with: { name: 'd', crash: 'after-effect' } });
    expect(outcome).toMatchObject({ kind: 'unknown' });
    expect(desk.journalOf(sequenceId)).toEqual(['call put/1', 'effect put/1']);
  });
});

describe('stopped beyond its lease', () => {
  afterEach(() => desk.endAll());

  it('another process takes over; the sleeper wakes and its answer changes nothing', async () => {
    const sequenceId = newSequence();
    const lost = () => desk.refusals.filter(({ data }) => data.tried === 'act');
    const answers = () => desk.refusals.filter(({ data }) => data.sequenceId === sequenceId);
    const before = lost().length;
    const sleeper = await desk.start();
    await desk.send([{ sequenceId, deadlineMs: 60_000, with: { name: 'zombie', slowMs: 2_000 } }]);
    await desk.until('the call', () => desk.journalOf(sequenceId).length === 1);
    sleeper.kill('SIGSTOP');
    await desk.start();
    const { message } = await desk.firstResultOf(sequenceId);
    expect(message.data.outcome).toMatchObject({ kind: 'applied' });
    sleeper.kill('SIGCONT');
    await desk.until('the sleeper notices', () => desk.log.includes('the lease was lost to another process'));
    // Its lease and the answer that it comes with: both are refused, and word of it is sent, of each by a key of its own.
    await desk.until('its refusals', () => lost().length > before && answers().length > 0);
    const [lease, answer] = [lost().at(-1)?.data, answers().at(-1)?.data];
    expect(lease).toMatchObject({ tried: 'act', sequenceId: null });
    expect(answer).toMatchObject({
      tried: 'answer',
      step: 'put',
      refused: { epoch: 1, holder: lease?.refused.holder },
    });
    expect(desk.resultsOf(sequenceId)).toHaveLength(1);
  });

  it('declared lost under its hands, and nobody else there: settles its own old claim by a look-up', async () => {
    const sequenceId = newSequence();
    await desk.start();
    await desk.send([{ sequenceId, deadlineMs: 60_000, with: { name: 'lost lease', slowMs: 2_500 } }]);
    await desk.until('the call', () => desk.journalOf(sequenceId).length === 1);
    await desk.sql('update executor_journal.workers set lost = true');
    const { message } = await desk.firstResultOf(sequenceId);
    expect(message.data.outcome).toMatchObject({ kind: 'applied', evidence: { settledBy: 'look-up' } });
    expect(desk.journalOf(sequenceId)).toEqual(['call put/1', 'effect put/1']);
    expect(desk.resultsOf(sequenceId)).toHaveLength(1);
  });

  it('lost and forgotten: what comes before it is noticed is taken under the next lease, and answered', async () => {
    const sequenceId = newSequence();
    await desk.start();
    await desk.send([{ sequenceId, deadlineMs: 60_000, with: { name: 'slow', slowMs: 2_500 } }]);
    await desk.until('the call', () => desk.journalOf(sequenceId).length === 1);
    await desk.sql('delete from executor_journal.workers');
    // Waits behind the slow one of its sequence; taken under the forgotten lease it would be dropped, and nobody's.
    await desk.send([{ sequenceId, step: 'next', with: { name: 'next' } }]);
    await desk.until('both answers', () => desk.resultsOf(sequenceId).length === 2);
    expect(desk.resultsOf(sequenceId)[1]?.message.data).toMatchObject({ step: 'next', outcome: { kind: 'applied' } });
  });

  it('nobody else there: wakes, goes on, and answers once', async () => {
    const sequenceId = newSequence();
    const sleeper = await desk.start();
    await desk.send([{ sequenceId, deadlineMs: 60_000, with: { name: 'nap', slowMs: 1_000 } }]);
    await desk.until('the call', () => desk.journalOf(sequenceId).length === 1);
    sleeper.kill('SIGSTOP');
    await sleep(7_000);
    sleeper.kill('SIGCONT');
    await desk.firstResultOf(sequenceId);
    await sleep(1_500);
    expect(desk.resultsOf(sequenceId)).toHaveLength(1);
    expect(desk.journalOf(sequenceId)).toEqual(['call put/1', 'effect put/1']);
  });
});

describe('at the start', () => {
  it("refuses another principal's key, and names every missing variable", async () => {
    const wrongKey = desk.spawn({ CAUSEWAY_KEY_FILE: desk.keyFileOf('sequencer') });
    expect(await new Promise((resolve) => wrongKey.once('exit', resolve))).toBe(1);
    expect(desk.log).toContain('holds the key of sequencer, but this process is executor-journal');
    const bare = desk.spawn({ DATABASE_URL: undefined, CAUSEWAY_TRUST_FILE: undefined });
    expect(await new Promise((resolve) => bare.once('exit', resolve))).toBe(1);
    expect(desk.log).toMatch(/DATABASE_URL: is not set[^]*CAUSEWAY_TRUST_FILE: is not set/);
  });
});

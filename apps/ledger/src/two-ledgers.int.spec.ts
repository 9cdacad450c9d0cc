import { REFUSAL_TYPE, type Entry, type RefusalReport } from '@causeway/contracts';
import { answers, LedgerLab, openGround, until, type Ground, type LedgerProcess } from '../spec/ledger-lab';
import { stepStory } from '../spec/story';

jest.setTimeout(120_000);

/** One after the other on one log; each test begins with the ledger that is at work. */
let ground: Ground;
let lab: LedgerLab;
let atWork: LedgerProcess;
beforeAll(async () => {
  ground = await openGround();
  lab = await LedgerLab.open(ground);
  atWork = await lab.start();
});
afterAll(async () => {
  await lab?.close();
  await ground?.close();
});

const epochs = async (): Promise<number[]> =>
  (await lab.query<{ epoch: string }>('select distinct epoch from ledger.head order by epoch')).map(({ epoch }) =>
    Number(epoch),
  );

/** Word of refused writers, as recorded. */
async function refusals(): Promise<RefusalReport[]> {
  const rows = await lab.query<{ bytes: string }>('select bytes from ledger.entry where type = $1', [REFUSAL_TYPE]);
  return rows.map(({ bytes }) => JSON.parse((JSON.parse(bytes) as Entry).data.value) as RefusalReport);
}

/** 160 messages more, and all of them in. */
async function grown(): Promise<void> {
  const size = await lab.size();
  await lab.send(Array.from({ length: 20 }, stepStory).flat());
  await lab.untilSize(size + 160);
}

describe('a second ledger', () => {
  it('waits while the first one is at work: it is alive, not ready, and writes nothing', async () => {
    const waiting = await lab.startBeside();
    await grown();
    expect(await answers(waiting, 'live')).toBe(true);
    expect(await answers(waiting, 'ready')).toBe(false);
    expect(await epochs()).toEqual([1]);
    expect(await lab.query('select epoch from ledger.writer')).toHaveLength(1);

    atWork.child.kill('SIGKILL');
    await grown();
    expect(await epochs()).toEqual([1, 2]);
    expect(await answers(waiting, 'ready')).toBe(true);
    atWork = waiting;
  });

  it('takes over when the first one stands still; woken, that one ends, and the log has no fork', async () => {
    const waiting = await lab.startBeside();
    atWork.child.kill('SIGSTOP');
    await grown();
    expect(await epochs()).toEqual([1, 2, 3]);
    const size = await lab.size();
    atWork.child.kill('SIGCONT');
    expect(await atWork.ended).toBe(1);
    expect(atWork.output()).toContain('another ledger writer has taken the log');
    expect(await lab.size()).toBe(size);
    await grown();
    await until(async () => (await refusals()).length > 0, 'the refusal is in the log');
    expect(await refusals()).toMatchObject([
      { source: '/ledger', data: { tried: 'append', refused: { epoch: 2 }, current: { epoch: 3 } } },
    ]);
    await until(async () => (await lab.run('accounting', '--settle', '1s')).code === 0, 'accounting adds up', 40_000);
    expect((await lab.run('check')).code).toBe(0);
    expect(await epochs()).toEqual([1, 2, 3]);
    atWork = waiting;
  });

  it('takes over at once from one that is stopped in order', async () => {
    const waiting = await lab.startBeside();
    atWork.child.kill('SIGTERM');
    expect(await atWork.ended).toBe(0);
    await grown();
    expect(await epochs()).toEqual([1, 2, 3, 4]);
    waiting.child.kill('SIGTERM');
    expect(await waiting.ended).toBe(0);
  });
});

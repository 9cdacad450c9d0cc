import type { ProblemBody, SubmittedIntent } from '@causeway/console-api';
import { topicNames } from '@causeway/contracts';
import { inDatabase } from './in-database';
import type { Story } from '../story';
import { until } from '../until';
import { putInFront, putOnBoth, type ShelfWorld } from './shelf-world';

/** How long the broker stands still: BROKER_AWAY_MS=120000 is the long form, by hand. */
const AWAY_MS = Number(process.env.BROKER_AWAY_MS ?? 15_000);
/** CONSOLE_MAX_UNSENT of this world. */
const MOST = 5;
const NAMES = Array.from({ length: MOST }, (_, i) => `meanwhile-${i}`);

/** The broker stands still: intents are taken up to a limit, nothing goes on, and everything goes on afterwards in its order. */
export function brokerAway(told: () => Story<ShelfWorld>): void {
  const submit = (name: string): Promise<Response> =>
    told().ask('/v1/intents', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': name },
      body: JSON.stringify({ plan: putInFront('meanwhile', name), mode: 'apply' }),
    });
  /** Of what was taken meanwhile: the sequences of each partition of the topic, in the order in which they lie there. */
  async function sentIntents(): Promise<string[][]> {
    const rows = await inDatabase(told().world.databaseUrl, (client) =>
      client.query<{ partition: number; id: string }>(
        `select partition, sequence_id as id from ledger.entry where topic = $1 order by "offset"`,
        [topicNames.intents],
      ),
    );
    const mine = rows.rows.filter(({ id }) => taken.includes(id));
    expect(mine).toHaveLength(MOST);
    return [0, 1, 2, 3].map((partition) => mine.flatMap((row) => (row.partition === partition ? row.id : [])));
  }
  const unsent = async (): Promise<number> =>
    inDatabase(
      told().world.databaseUrl,
      async (client) => (await client.query('select from console.outbox')).rows.length,
    );
  const taken: string[] = [];
  const writes = (): string[] =>
    told()
      .world.journal()
      .filter((line) => line.startsWith('write'));

  describe('a broker that stands still', () => {
    let waiting = '';
    let writtenBefore: string[] = [];
    let stoppedAtMs = 0;

    beforeAll(async () => {
      told().world.holdEu(true);
      waiting = await told().apply(putOnBoth('waits'));
      await told().tape.fact(waiting, 'gate-held', { step: 'back' });
      // What is sent leaves the outbox half a second later.
      await until('an empty outbox', async () => (await unsent()) === 0, 10_000);
      told().world.kafka.pause();
      stoppedAtMs = performance.now();
      writtenBefore = writes();
      told().world.holdEu(false);
    });

    it('intents are taken over HTTP up to the limit', async () => {
      for (const name of NAMES) {
        const answer = await submit(name);
        expect(answer.status).toBe(202);
        taken.push(((await answer.json()) as SubmittedIntent).sequenceId);
      }
    });

    it('then they are refused with the time to try again; a repeat of one that was taken is answered', async () => {
      const answer = await submit('one-too-many');
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect([answer.status, ((await answer.json()) as ProblemBody).code]).toEqual([503, 'outbox-full']);
      expect((await submit(NAMES[0] as string)).status).toBe(202);
    });

    it('no step goes on while it is away', async () => {
      await until('the time', () => performance.now() - stoppedAtMs > AWAY_MS, 2 * AWAY_MS);
      expect(writes()).toEqual(writtenBefore);
      expect(told().tape.kinds(waiting)).not.toContain('sequence-ended');
    });

    it('everything goes on when it is back: what waited ends, what was taken is done, once each and in its order', async () => {
      told().world.kafka.resume();
      expect((await told().ended(waiting)).status).toBe('completed');
      for (const id of taken) expect((await told().ended(id)).status).toBe('completed');
      // All want the same: the first one writes it.
      const written = writes().slice(writtenBefore.length);
      expect(written.map((line) => line.split(' ')[1]).sort()).toEqual(['meanwhile', 'waits']);
      for (const ofPartition of await sentIntents())
        expect(ofPartition).toEqual(taken.filter((id) => ofPartition.includes(id)));
      expect((await submit('one-too-many')).status).toBe(202);
    });
  });
}

import { allTopics, commandsTopic, topicNames } from '@causeway/contracts';
import { createKafkaBus } from '@causeway/messaging';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { EXECUTOR, stepStory } from '../spec/story';
import { LedgerLab, openGround, until, type Ground } from '../spec/ledger-lab';

/** Governed topics that are deleted and made anew under a running ledger, on a real broker. */
jest.setTimeout(120_000);

let ground: Ground;
let lab: LedgerLab;
let admin: Admin;
beforeAll(async () => {
  ground = await openGround();
  admin = new Kafka({ brokers: [ground.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
});
afterAll(async () => {
  await admin?.disconnect();
  await ground?.close();
});
beforeEach(async () => {
  lab = await LedgerLab.open(ground);
});
afterEach(() => lab?.close());

async function makeAnew(topic: string): Promise<void> {
  const name = lab.topicPrefix + topic;
  await admin.deleteTopics({ topics: [name] });
  await until(async () => !(await admin.listTopics()).includes(name), 'the topic is gone');
  const bus = createKafkaBus({ brokers: [ground.brokers], clientId: 'maker', prefix: lab.topicPrefix });
  await bus.ensureTopics(allTopics([EXECUTOR]));
  await bus.close();
}
const stories = (count: number) => Array.from({ length: count }, stepStory).flat();
const accounts = async () => {
  const { code, text } = await lab.run('accounting', '--json', '--settle', '5s');
  const json = text.split('\n').find((line) => line.startsWith('{"addsUp"')) ?? '{}';
  return { code, ...(JSON.parse(json) as { madeAnew: { topic: string; number: number; size: number }[] }) };
};

describe('a governed topic that is made anew', () => {
  it.each([topicNames.records, topicNames.results, topicNames.readings, topicNames.intents, commandsTopic(EXECUTOR)])(
    '%s: the running ledger goes on with it, takes nothing twice, says so, and the sums are right',
    async (topic) => {
      const before = stories(10);
      await lab.send(before);
      const { child, output } = await lab.start();
      await lab.untilSize(80);
      await makeAnew(topic);
      const again = before.filter(({ draft }) => draft.topic === topic).slice(0, 5);
      await lab.send(stories(20));
      await lab.sendSealed(lab.people.seal(again));
      await lab.untilSize(240);
      expect(child.exitCode).toBeNull();
      expect(output()).toContain('the topic was made anew');
      const { code, madeAnew } = await accounts();
      expect({ code, madeAnew }).toMatchObject({ code: 0, madeAnew: [{ topic, number: 1 }] });
      expect(await lab.size()).toBe(240);
      // Of what else came twice, the client sent it twice: its first request may meet a topic that is half made.
      const [counted] = await lab.query(
        'select count(distinct event_id)::int as repeated from ledger.duplicate where "offset" >= 1000000000000 and event_id = any($1)',
        [again.map(({ draft }) => draft.id)],
      );
      expect(counted).toMatchObject({ repeated: again.length });
      expect(await lab.walk()).toMatchObject({ ok: true });
    },
  );

  it('given it happens while no ledger runs, the next one notices', async () => {
    await lab.send(stories(10));
    const first = await lab.start();
    await lab.untilSize(80);
    first.child.kill('SIGTERM');
    await first.ended;
    await makeAnew(topicNames.records);
    await lab.send(stories(20));
    const { output } = await lab.start();
    await lab.untilSize(240);
    expect(output()).toContain('the topic was made anew');
    expect(await accounts()).toMatchObject({ code: 0, madeAnew: [{ topic: topicNames.records, number: 1 }] });
  });
});

import { join } from 'node:path';
import type { SequenceView } from '@causeway/console-api';
import { pollWitness, readOutcome, witnessedOrder, type Outcome } from '@causeway/lab';
import { AUDITOR_PLAN, FLAG, flagStep, planOf } from './plans';
import { writeJustAfterPulls } from './pull-phase';
import { Publisher, PUBLISHER } from './publisher';
import { Story } from './story';
import { until } from './until';

/** The plan of the post through the CLI, on the four real systems; then the same again, twice; then plans that are refused. */
jest.setTimeout(240_000);

const KEY = 'CHG-4711';
let story: Story;
let after: Outcome;
const onEnd: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  // An executor that stood still for longer than its session (10 s) joins again before they pull the next time.
  story = await Story.begin({ publishers: [PUBLISHER], euWestDelaySeconds: 14 });
});
afterAll(async () => {
  for (const end of onEnd) await end();
  await story?.end();
});

const cliJson = async <T>(...args: string[]): Promise<T> =>
  JSON.parse((await story.world.causeway(...args, '-o', 'json')).stdout) as T;

const EU_WEST = ['eu-west/gw-eu-1', 'eu-west/gw-eu-2'];
const WAITS_FOR = 'waits for gw-eu-1 (eu-west) of step gateway, gw-eu-2 (eu-west)';

/** On a busy machine a look at another gateway may be late, and then that one holds too until the next one. */
const heldByEuWestAlone = (id: string) =>
  until(
    'eu-west alone to hold the flag',
    async () => {
      const held = await story.view(id);
      const why = await story.explain(id, 'flag');
      if (String(gatewaysHolding(held)) === String(EU_WEST) && why.summary.includes(WAITS_FOR)) return { held, why };
      throw new Error(`it is ${held.status}, held by ${String(gatewaysHolding(held)) || 'none'}: ${why.summary}`);
    },
    60_000,
  );

describe('the plan of the post', () => {
  it("changes four systems in order, and holds the flag while eu-west's gateways serve the old policy", async () => {
    const { lab } = story.world;
    const before = await readOutcome(lab);
    const gateways = Object.values(lab.caddy.gateways);
    const witness = pollWitness({ gateways, flag: lab.unleash, everyMs: 100 });
    onEnd.push(() => witness.stop());
    const submittedAt = new Date().toISOString();
    let running: ReturnType<typeof story.world.causeway> | undefined;
    const id = await writeJustAfterPulls(story, async () => {
      running = story.world.causeway('apply', AUDITOR_PLAN, '--key', KEY, '--wait', '--timeout', '3m');
      return until('the sequence', async () => (await cliJson<SequenceView>('status', KEY)).id, 60_000);
    });
    const { held, why } = await heldByEuWestAlone(id);
    const applied = await running;
    if (!applied) throw new Error('nothing was applied');
    after = await readOutcome(lab);
    await witness.stop();

    expect(before.flag).toEqual({ 'us-east': false, 'eu-west': false });
    expect(held.status).toBe('waiting');
    expect(gatewaysHolding(held)).toEqual(EU_WEST);
    for (const hold of held.holds) {
      expect(hold).toMatchObject({ gate: 'flag', step: 'gateway', verdict: 'not-ready', reason: 'not-yet' });
      expect(hold.since > submittedAt && hold.since <= new Date().toISOString()).toBe(true);
    }
    expect(why.summary).toContain(WAITS_FOR);
    expect([applied.code, applied.stdout.trim().split('\n').at(-1)]).toEqual([0, 'completed']);
    expect(witnessedOrder(witness, 'auditor').flagAfterGateways).toBe(true);
  });

  it('each system itself shows its change, and its own history shows it once', () => {
    expect(after).toMatchObject({
      roles: expect.arrayContaining(['policy-reader']) as string[],
      versions: { 'us-east': '1.1.0', 'eu-west': '1.1.0' },
      flag: { 'us-east': true, 'eu-west': true },
      // A deployment in each of two regions; the flag's one change is a strategy and a switch.
      writes: { idp: 1, shop: 2, edge: 1, flags: 2 },
    });
    const seen = Object.values(after.gateways);
    expect(seen).toHaveLength(4);
    for (const gateway of seen) expect(gateway).toEqual({ policy: 'auditor', auditStatus: 200 });
  });
});

describe('the same again', () => {
  it('under the same key is recognised, and nothing is written anywhere', async () => {
    const done = await story.world.causeway('apply', AUDITOR_PLAN, '--key', KEY, '--wait', '--timeout', '1m');
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('nothing is applied again')]);
    expect((await readOutcome(story.world.lab)).writes).toEqual(after.writes);
  });

  it('as a preview: every step is already so', async () => {
    const done = await story.world.causeway('plan', AUDITOR_PLAN, '--detailed-exitcode', '-o', 'json');
    const view = JSON.parse(done.stdout) as SequenceView;
    expect([done.code, view.status]).toEqual([0, 'previewed']);
    expect(view.steps.map(({ found }) => found)).toEqual(Array(4).fill('already-so'));
  });

  it('as a new sequence completes with every step already so, and nothing is written anywhere', async () => {
    const key = `${KEY}-again`;
    const done = await story.world.causeway('apply', AUDITOR_PLAN, '--key', key, '--wait', '--timeout', '2m');
    const view = await cliJson<SequenceView>('status', key);
    expect([done.code, view.status]).toEqual([0, 'completed']);
    expect(view.steps.map(({ id, changed }) => [id, changed])).toEqual([
      ['idp-roles', false],
      ['app', false],
      ['gateway', false],
      ['flag', false],
    ]);
    expect((await readOutcome(story.world.lab)).writes).toEqual(after.writes);
  });
});

describe('a plan that cannot be carried out', () => {
  const unknownTarget = planOf('unknown-target', { ...flagStep(FLAG, false), target: 'flagz' });
  const reverted = flagStep(FLAG, false);

  it('is refused by the CLI with its place before anything is sent, when its form is wrong', async () => {
    const bad = join('test', 'corpus', 'plans', 'bad', 'cycle-of-two.yaml');
    const done = await story.world.causeway('apply', bad, '--wait');
    expect([done.code, done.stdout]).toEqual([65, '']);
    expect(done.stderr).toMatch(/cycle-of-two\.yaml:\d+:\d+/);
  });

  it('is refused by the HTTP door, when it comes there past the CLI', async () => {
    const { metadata, ...headless } = planOf('headless', reverted);
    const body = JSON.stringify({ plan: headless, mode: 'apply' });
    const headers = { 'content-type': 'application/json', 'idempotency-key': metadata.name };
    const answer = await story.ask('/v1/intents', { method: 'POST', headers, body });
    expect([answer.status, await answer.json()]).toEqual([422, expect.objectContaining({ code: 'plan-invalid' })]);
  });

  it('is rejected and recorded when a target does not exist: the CLI ends with 1 and says why', async () => {
    const done = await story.world.causeway('apply', story.planFile(unknownTarget), '--key', 'BAD-1', '--wait');
    const view = await cliJson<SequenceView>('status', 'BAD-1');
    expect([done.code, view.status]).toEqual([1, 'rejected']);
    expect(view.rejection?.problems[0]).toMatchObject({
      pointer: '/spec/steps/0/target',
      hint: expect.anything() as string,
    });
    expect(story.tape.kinds(view.id)).toEqual(['intent-rejected']);
    expect(story.tape.commands(view.id)).toEqual([]);
  });

  it('is rejected and recorded the same when it comes on the topic, and what follows it passes', async () => {
    const publisher = new Publisher(story.world);
    const rejected = await publisher.publish(unknownTarget, 'BAD-2');
    const sound = await publisher.publish(planOf('already-so', flagStep(FLAG, true)), 'GOOD-3');
    await publisher.close();
    expect((await story.ended(rejected)).status).toBe('rejected');
    expect((await story.ended(sound)).status).toBe('completed');
    expect(story.tape.kinds(rejected)).toEqual(['intent-rejected']);
    expect(story.tape.commands(rejected)).toEqual([]);
    expect((await readOutcome(story.world.lab)).writes).toEqual(after.writes);
  });
});

describe('in the end', () => {
  it('every message is accounted for and the export verifies offline', async () => {
    expect(await story.closingFaults()).toEqual([]);
  });
});

const gatewaysHolding = ({ holds }: SequenceView): string[] =>
  holds.filter(({ gate }) => gate === 'flag').map(({ scope, member }) => `${scope}/${member}`);

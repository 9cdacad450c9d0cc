import { examplePlan, exampleTarget } from '@causeway/testkit';
import { SequencerHouse } from '../spec/sequencer-house';
import { answered, applied, decided, has, shown, submit } from '../spec/told';

jest.setTimeout(120_000);

const TARGETS = [exampleTarget('idp', { global: ['realm'] }), exampleTarget('edge', { global: ['gw'] })];
const A = examplePlan({ roles: { target: 'idp' }, gateway: { target: 'edge' }, again: { target: 'idp' } }, ['us-east']);
const B = examplePlan({ roles: { target: 'idp' } }, ['us-east']);

let house: SequencerHouse;
beforeAll(async () => {
  house = await SequencerHouse.open(TARGETS);
  await house.start();
});
afterAll(() => house?.close());

async function done(id: string, step: string): Promise<void> {
  await applied(house, id, step);
  await shown(house, id, step);
  await house.until(`${step} is ready`, () => has(house.factsOf(id), 'step-ready', step));
}
const isWaiting = (id: string) => house.until(`${id} waits`, () => has(house.factsOf(id), 'keys-awaited'));
const behind = (id: string) => house.factsOf(id).findLast((fact) => fact.kind === 'keys-awaited');

describe('three sequences on one resource', () => {
  it('act one after the other, in the order of asking, over a killed sequencer and an abort in the line', async () => {
    const first = await submit(house, A);
    await done(first, 'roles');
    const second = await submit(house, B);
    await isWaiting(second);
    const third = await submit(house, B);
    await isWaiting(third);
    expect(behind(third)).toMatchObject({ behind: [{ key: 'idp/set', sequenceId: second, step: 'roles' }] });
    await house.end('SIGKILL');
    await house.start();
    await decided(house, second, 'abort');
    await house.until(
      'the line closes up',
      () => house.factsOf(third).filter(({ kind }) => kind === 'keys-awaited').length === 2,
    );
    expect(behind(third)).toMatchObject({ behind: [{ key: 'idp/set', sequenceId: first }] });
    await done(first, 'gateway');
    expect(house.commandsOf(third, 'roles')).toEqual([]);
    await done(first, 'again');
    await house.until('the third begins', () => house.commandsOf(third, 'roles').length === 1);
    const turns = [first, second, third].flatMap((id) =>
      house.factsOf(id).flatMap((fact) => ('turn' in fact ? fact.turn : 'keysFreed' in fact ? fact.keysFreed : [])),
    );
    expect([...new Set(turns)].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(house.commandsOf(second, 'roles')).toEqual([]);
  });
});

const POLICY = { attempts: 2, pause: '1s', then: 'hold' };
const BUSY = {
  kind: 'not-applied' as const,
  code: 'busy',
  message: 'the gateway is locked',
  retriable: true,
  evidence: {},
};

describe('a step that was not applied', () => {
  it('is tried again in its time over a killed sequencer, then held, and tried again when an operator resumes', async () => {
    const id = await submit(house, examplePlan({ gateway: { target: 'edge', onFailure: POLICY } }, ['us-east']));
    const ordered = (nr: number) =>
      house.until(`attempt ${nr} is ordered`, () => house.commandsOf(id, 'gateway').length === nr);
    await ordered(1);
    await answered(house, id, 'gateway', BUSY);
    await house.until('it is told', () => has(house.factsOf(id), 'step-not-applied'));
    await house.end('SIGKILL');
    await house.start();
    await ordered(2);
    await answered(house, id, 'gateway', BUSY);
    await house.until('it is held', () => has(house.factsOf(id), 'gate-held'));
    expect(house.factsOf(id).findLast(({ kind }) => kind === 'gate-held')).toMatchObject({
      because: [{ step: 'gateway', reason: 'stopped' }],
    });
    await decided(house, id, 'resume');
    await ordered(3);
    await done(id, 'gateway');
  });
});

describe('a sequencer that is killed and started again under its name', () => {
  it('takes its place in the group and its seat back, and waits for neither', async () => {
    await house.end('SIGKILL');
    const from = house.log.length;
    await house.start();
    const said = house.log.slice(from);
    expect(said).toContain('takes the place that this instance had before it was started');
    expect(said).not.toContain('waiting for its place');
  });
});

import type { ChildProcess } from 'node:child_process';
import { REFUSAL_TYPE, type RefusalReport } from '@causeway/contracts';
import { examplePlan, exampleTarget } from '@causeway/testkit';
import { SequencerHouse } from '../spec/sequencer-house';
import { applied, decided, has, shown, submit } from '../spec/told';

jest.setTimeout(120_000);

const TARGETS = [exampleTarget('idp', { global: ['realm'] }), exampleTarget('edge', { global: ['gw'] })];
const PLAN = examplePlan({ roles: { target: 'idp' }, gateway: { target: 'edge' } }, ['us-east']);

let house: SequencerHouse;
beforeAll(async () => {
  house = await SequencerHouse.open(TARGETS);
  await house.start();
});
afterAll(() => house?.close());

describe('a second sequencer', () => {
  let first: ChildProcess;
  afterAll(() => first?.kill('SIGKILL'));

  it('decides nothing while the first one is at work', async () => {
    const id = await submit(house, PLAN);
    first = await house.startBeside();
    await applied(house, id, 'roles');
    await house.until('the first one goes on', () => has(house.factsOf(id), 'step-applied', 'roles'));
    // Else the next sequence would wait for this one.
    await decided(house, id, 'abort');
    await house.until('it ends', () => has(house.factsOf(id), 'sequence-ended'));
    expect(first.exitCode).toBe(null);
  });

  it('takes over when the first one sleeps past its seat; woken, it is refused, changes nothing and ends', async () => {
    const id = await submit(house, PLAN);
    first.kill('SIGSTOP');
    await applied(house, id, 'roles');
    await shown(house, id, 'roles');
    await house.until('the other one commands what follows', () => house.commandsOf(id, 'gateway').length === 1);
    first.kill('SIGCONT');
    await house.until('the first one ends', () => first.exitCode !== null);
    expect(first.exitCode).toBe(1);
    expect(house.log).toContain('another process of this service has taken its place');
    await applied(house, id, 'gateway');
    await shown(house, id, 'gateway');
    await house.until('the sequence ends', () => has(house.factsOf(id), 'sequence-ended'));
    expect(house.commandsOf(id, 'roles')).toHaveLength(1);
    expect(house.commandsOf(id, 'gateway')).toHaveLength(1);
  });

  it('the one in its place sends word of the refusal: who was refused, under which epoch, and whose it is now', async () => {
    const refusals = (): RefusalReport[] => house.heard<RefusalReport>(REFUSAL_TYPE);
    await house.until('the refusal', () => refusals().length > 0);
    expect(refusals()).toMatchObject([
      { source: '/sequencer', data: { refused: { epoch: 1 }, current: { epoch: 2, holder: expect.any(String) } } },
    ]);
    const [{ data }] = refusals() as [RefusalReport];
    expect(data.refused.holder).not.toBe(data.current.holder);
  });
});

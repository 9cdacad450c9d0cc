import { Lamp, refuses, run } from '../spec/lamp';
import { afterFirstWrite } from './after-first-write';
import { NotApplied } from './not-applied';

const unreadable = () => afterFirstWrite('the switch', async () => refuses(true)());

describe('after the first write', () => {
  it('a refusal is no refusal any more: a plain error that says what was written', async () => {
    const error = await unreadable().catch((thrown: Error) => thrown);
    expect(error).not.toBeInstanceOf(NotApplied);
    expect(error).toHaveProperty('message', 'after the switch: there is no lamp; hang one up');
  });

  it('another error and an answer stay what they are', async () => {
    const lost = new Error('socket hang up');
    await expect(afterFirstWrite('x', () => Promise.reject(lost))).rejects.toBe(lost);
    await expect(afterFirstWrite('x', () => Promise.resolve(7))).resolves.toBe(7);
  });

  it('a write that cannot be read again is looked up, and unknown while that is refused too', async () => {
    const seen = new Lamp();
    seen.faults.later = unreadable;
    expect(await run(seen, 'C')).toMatchObject({ kind: 'applied', evidence: { settledBy: 'look-up' } });
    const blind = new Lamp();
    blind.faults.later = async () => {
      blind.faults.lookUp = refuses();
      await unreadable();
    };
    expect(await run(blind, 'C')).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching(/^after the switch/),
    });
  });
});

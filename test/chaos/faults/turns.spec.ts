import { Dice } from '../../simulation/time/dice';
import { Tally } from '../tally';
import { Spared } from './spared';
import { Turns } from './turns';

/** One turn that always goes to this one thing. */
async function oneTurn(inflict: () => Promise<void>) {
  const tally = new Tally();
  let over = false;
  const turns = new Turns({
    ...{ dice: new Dice(1, 'turns'), share: 1, dependencies: [{ kind: 'rain', inflict }] },
    rounds: { round: () => Promise.resolve() },
    ...{ isOver: () => over, isCalm: () => true, flowsSince: () => true, leftMs: () => 100_000, say: () => undefined },
    inflicted: (kind) => tally.other(kind),
    spared: (kind, why) => tally.spared(kind, why),
    recovered: () => (over = true),
  });
  await turns.run();
  return tally.others;
}

describe('a turn that goes to what the services stand on', () => {
  it('is counted under its kind', async () => {
    expect(await oneTurn(() => Promise.resolve())).toEqual({ rain: 1 });
  });

  it('that could not be done is not counted as done, and says why', async () => {
    const spared = (): Promise<void> => Promise.reject(new Spared('not drained in time'));
    expect(await oneTurn(spared)).toEqual({ rain: 0, 'rain: not drained in time': 1 });
  });

  it('that fails in another way is not counted as done either', async () => {
    const failed = (): Promise<void> => Promise.reject(new Error('no table of that name'));
    expect(await oneTurn(failed)).toEqual({ rain: 0, 'rain: failed: Error: no table of that name': 1 });
  });
});

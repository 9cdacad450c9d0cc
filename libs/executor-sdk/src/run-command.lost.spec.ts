import { command, kindOf, Lamp, lost, refuses, run, SEQUENCE, startTimer } from '../spec/lamp';
import type { Executor } from './executor';
import { runCommand } from './run-command';

describe('the answer is lost (3, 4, 5)', () => {
  it.each(['A', 'B', 'C'] as const)(
    'class %s, and it happened: found by the look-up, one write',
    async (capability) => {
      const lamp = new Lamp();
      lamp.faults.after = lost;
      expect(await run(lamp, capability)).toMatchObject({
        kind: 'applied',
        changed: true,
        evidence: { settledBy: 'look-up', lost: 'socket hang up' },
      });
      expect(lamp.writes).toHaveLength(1);
    },
  );

  it('and nothing happened: not applied, retriable, one write call', async () => {
    const lamp = new Lamp();
    lamp.faults.before = lost;
    expect(await run(lamp, 'C')).toMatchObject({ kind: 'not-applied', code: 'lost-and-absent', retriable: true });
    expect(lamp.writes).toHaveLength(1);
  });

  it('and it is there, but somebody else put it there: not changed by us', async () => {
    const lamp = new Lamp();
    lamp.faults.before = () => {
      lamp.on = true;
      lamp.switchedBy = 'somebody else';
      lost();
    };
    expect(await run(lamp, 'C')).toMatchObject({ kind: 'applied', changed: false });
  });

  it('and half of it happened: unknown, never "not applied"', async () => {
    const lamp = new Lamp();
    lamp.faults.before = () => {
      lamp.state = 'partial';
      lost();
    };
    expect(await run(lamp, 'C')).toMatchObject({ kind: 'unknown', reason: 'socket hang up; written in part' });
  });

  it('and the look-up fails too: unknown, with both reasons', async () => {
    const lamp = new Lamp();
    lamp.faults.before = () => {
      lamp.faults.lookUp = refuses();
      lost();
    };
    const outcome = await run(lamp, 'C');
    expect(outcome).toMatchObject({ kind: 'unknown' });
    expect(outcome).toHaveProperty('reason', expect.stringMatching(/socket hang up.*there is no lamp/));
  });

  it('revert: lost and still in effect is not applied; lost and gone is applied', async () => {
    const still = new Lamp();
    still.on = true;
    still.faults.before = lost;
    expect(await run(still, 'C', { verb: 'revert' })).toMatchObject({ kind: 'not-applied', code: 'lost-and-absent' });
    const gone = new Lamp();
    gone.on = true;
    gone.faults.after = lost;
    expect(await run(gone, 'C', { verb: 'revert' })).toMatchObject({ kind: 'applied', changed: true });
  });

  it('class D: unknown without a look, whether it happened or not', async () => {
    for (const fault of ['before', 'after'] as const) {
      const lamp = new Lamp();
      lamp.faults[fault] = lost;
      expect(await run(lamp, 'D')).toMatchObject({ kind: 'unknown', reason: 'socket hang up' });
      expect(lamp.journal).toEqual([`write true ${SEQUENCE}/light/1`]);
    }
  });
});

describe('the deadline (7)', () => {
  it('a write that hangs is aborted by the signal and settled by a look-up, within the deadline', async () => {
    const lamp = new Lamp();
    lamp.faults.hangs = true;
    const started = performance.now();
    expect(await run(lamp, 'C')).toMatchObject({ kind: 'not-applied', code: 'lost-and-absent' });
    expect(performance.now() - started).toBeLessThan(400);
    expect(lamp.writes).toHaveLength(1);
  });

  it('an executor deaf to the signal is answered for all the same', async () => {
    const lamp = new Lamp();
    const deaf: Executor = { ...lamp.executor('D'), apply: () => new Promise(() => undefined) };
    const outcome = await runCommand(deaf, command({ deadlineMs: 50 }), {
      now: Date.now,
      startTimer,
      highestEpoch: 1,
      startedBefore: false,
      mayWrite: () => true,
    });
    expect(outcome).toMatchObject({ kind: 'unknown', reason: 'no answer within 50 ms' });
  });

  it('a look that comes back too late is not followed by a write', async () => {
    const lamp = new Lamp();
    const slow: Executor = {
      ...lamp.executor('C'),
      lookUp: () =>
        new Promise((resolve) => setTimeout(() => resolve({ state: 'absent', byThisAttempt: null, evidence: {} }), 80)),
    };
    const outcome = await runCommand(slow, command({ deadlineMs: 40 }), {
      now: Date.now,
      startTimer,
      highestEpoch: 1,
      startedBefore: false,
      mayWrite: () => true,
    });
    expect(outcome).toMatchObject({ kind: 'not-applied', code: 'look-up-failed', retriable: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(lamp.writes).toEqual([]);
  });
});

describe('the lease between look and write (8)', () => {
  it('over: nothing is written, certainly, and another attempt may be made', async () => {
    const lamp = new Lamp();
    const outcome = await run(lamp, 'C', {}, { mayWrite: () => false });
    expect(outcome).toMatchObject({ kind: 'not-applied', code: 'lease-over', retriable: true });
    expect(lamp.writes).toEqual([]);
  });

  it('standing: written, and nothing is suspected of a first run', async () => {
    expect(await run(new Lamp(), 'C')).not.toHaveProperty('duplicateSuspected');
  });
});

describe('after a crash (5, 6)', () => {
  const after = { startedBefore: true };

  it('in effect: settled as observed, no write', async () => {
    const lamp = new Lamp();
    lamp.on = true;
    lamp.switchedBy = `${SEQUENCE}/light/1`;
    expect(await run(lamp, 'C', {}, after)).toMatchObject({
      kind: 'applied',
      changed: true,
      evidence: { settledBy: 'look-up' },
    });
    expect(lamp.writes).toEqual([]);
  });

  it('absent: written under the same attempt id, and said that it may be the second time', async () => {
    const lamp = new Lamp();
    expect(await run(lamp, 'A', {}, after)).toMatchObject({
      kind: 'applied',
      changed: true,
      duplicateSuspected: expect.stringContaining('interrupted before'),
    });
    expect(lamp.writes).toEqual([`write true ${SEQUENCE}/light/1`]);
  });

  it('absent, written again and the answer lost: found by the look, and still perhaps the second time', async () => {
    const lamp = new Lamp();
    lamp.faults.after = lost;
    expect(await run(lamp, 'A', {}, after)).toMatchObject({
      kind: 'applied',
      duplicateSuspected: expect.stringContaining('interrupted before'),
    });
  });

  it('the target does not tell: unknown, no write', async () => {
    const lamp = new Lamp();
    lamp.state = 'unknown';
    expect(kindOf(await run(lamp, 'C', {}, after))).toBe('unknown');
    expect(lamp.writes).toEqual([]);
  });

  it('the look fails or is refused: unknown, since the earlier run may have written', async () => {
    for (const fault of [lost, refuses()]) {
      const lamp = new Lamp();
      lamp.faults.lookUp = fault;
      expect(kindOf(await run(lamp, 'C', {}, after))).toBe('unknown');
    }
  });

  it('class D: unknown, no call at all', async () => {
    const lamp = new Lamp();
    expect(kindOf(await run(lamp, 'D', {}, after))).toBe('unknown');
    expect(lamp.journal).toEqual([]);
  });
});

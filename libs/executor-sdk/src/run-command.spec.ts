import { outcome as outcomeSchema } from '@causeway/contracts';
import { command, kindOf, Lamp, lost, refuses, run, SEQUENCE, startTimer } from '../spec/lamp';
import type { Executor } from './executor';
import { NotApplied } from './not-applied';
import { runCommand } from './run-command';

describe('one command, quiet weather', () => {
  it.each(['A', 'B', 'C'] as const)(
    'class %s: absent, so it is written once under the attempt id (1, 2)',
    async (capability) => {
      const lamp = new Lamp();
      const outcome = await run(lamp, capability);
      expect(outcome).toEqual({
        kind: 'applied',
        changed: true,
        acceptedAt: '2026-01-31T12:00:00.000Z',
        evidence: { on: true },
      });
      expect(lamp.journal).toEqual(['look', `write true ${SEQUENCE}/light/1`]);
    },
  );

  it('is already so: answered without a write (2)', async () => {
    const lamp = new Lamp();
    lamp.on = true;
    expect(await run(lamp, 'C')).toMatchObject({ kind: 'applied', changed: false });
    expect(lamp.writes).toEqual([]);
  });

  it('revert: what is absent is already so, what is in effect is written back', async () => {
    const lamp = new Lamp();
    expect(await run(lamp, 'C', { verb: 'revert' })).toMatchObject({ kind: 'applied', changed: false });
    lamp.on = true;
    expect(await run(lamp, 'C', { verb: 'revert' })).toMatchObject({ kind: 'applied', changed: true });
    expect(lamp.on).toBe(false);
  });

  it('in effect in part: apply writes, and so does revert', async () => {
    for (const verb of ['apply', 'revert'] as const) {
      const lamp = new Lamp();
      lamp.state = 'partial';
      expect(await run(lamp, 'C', { verb })).toMatchObject({ kind: 'applied', changed: true });
    }
  });

  it('a target that does not tell is written all the same the first time: there is no earlier try', async () => {
    const lamp = new Lamp();
    lamp.state = 'unknown';
    expect(await run(lamp, 'C')).toMatchObject({ kind: 'applied', changed: true });
  });
});

describe('refused before any call (1)', () => {
  it('an older epoch', async () => {
    const lamp = new Lamp();
    const outcome = await run(lamp, 'C', { epoch: 2 }, { highestEpoch: 3 });
    expect(outcome).toMatchObject({ kind: 'refused', code: 'stale-epoch' });
    expect(lamp.journal).toEqual([]);
  });

  it('an older epoch may not even look or revert', async () => {
    for (const verb of ['look-up', 'revert'] as const) {
      expect(kindOf(await run(new Lamp(), 'C', { verb }, { highestEpoch: 2 }))).toBe('refused');
    }
  });

  it.each(['dim@v1', 'constructor', '__proto__'])('a change that is not declared: %s', async (change) => {
    const lamp = new Lamp();
    expect(await run(lamp, 'C', { change })).toMatchObject({ kind: 'refused', code: 'unknown-change' });
    expect(lamp.journal).toEqual([]);
  });
});

describe('certain refusals (4)', () => {
  it.each(['A', 'C', 'D'] as const)('class %s: the target refuses the write', async (capability) => {
    const lamp = new Lamp();
    lamp.faults.before = refuses(true);
    expect(await run(lamp, capability)).toMatchObject({
      kind: 'not-applied',
      code: 'no-lamp',
      message: 'there is no lamp; hang one up',
      retriable: true,
    });
    expect(lamp.writes).toHaveLength(1);
  });

  it('refused at the look: nothing was written', async () => {
    const lamp = new Lamp();
    lamp.faults.lookUp = refuses();
    expect(await run(lamp, 'C')).toMatchObject({ kind: 'not-applied', code: 'no-lamp', retriable: false });
    expect(lamp.writes).toEqual([]);
  });

  it('the look fails: nothing was written, and later may be better', async () => {
    const lamp = new Lamp();
    lamp.faults.lookUp = lost;
    expect(await run(lamp, 'C')).toMatchObject({ kind: 'not-applied', code: 'look-up-failed', retriable: true });
    expect(lamp.writes).toEqual([]);
  });

  it('a code that is no name is replaced', async () => {
    const lamp = new Lamp();
    lamp.faults.before = () => {
      throw new NotApplied({ code: 'No Lamp!', message: 'x' });
    };
    expect(await run(lamp, 'C')).toMatchObject({ code: 'refused-by-target' });
  });
});

describe('look-up as a command', () => {
  it('says what is there, and whose it is', async () => {
    const lamp = new Lamp();
    expect(await run(lamp, 'C', { verb: 'look-up' })).toMatchObject({ kind: 'looked-up', state: 'absent' });
    lamp.on = true;
    lamp.faults.blind = true;
    expect(await run(lamp, 'C', { verb: 'look-up' })).toMatchObject({ state: 'in-effect', byThisAttempt: null });
    lamp.state = 'partial';
    expect(await run(lamp, 'C', { verb: 'look-up' })).toMatchObject({ state: 'absent', evidence: { partial: true } });
    expect(lamp.writes).toEqual([]);
  });

  it('says that it is there in part, however much else there is to say', async () => {
    const rows = Array.from({ length: 50 }, () => 'x'.repeat(1_000));
    const executor: Executor = {
      ...new Lamp().executor('C'),
      lookUp: () => Promise.resolve({ state: 'partial', byThisAttempt: null, evidence: { rows } }),
    };
    const deps = { now: Date.now, startTimer, highestEpoch: 1, startedBefore: false, mayWrite: () => true };
    const outcome = await runCommand(executor, command({ verb: 'look-up' }), deps);
    expect(outcome).toMatchObject({ state: 'absent', evidence: { omitted: 'too large', partial: true } });
  });

  it('that fails knows nothing, and says why', async () => {
    const lamp = new Lamp();
    lamp.faults.lookUp = refuses();
    expect(await run(lamp, 'C', { verb: 'look-up' })).toEqual({
      kind: 'looked-up',
      state: 'unknown',
      byThisAttempt: null,
      evidence: { code: 'no-lamp', reason: 'there is no lamp; hang one up' },
    });
  });
});

describe('evidence (8)', () => {
  it('too large, too deep or no JSON is cut to the limits', async () => {
    const deep = { a: { b: { c: { d: { e: { f: { g: { h: 1 } } } } } } } };
    const strange = { deep, big: 'x'.repeat(5_000), nan: NaN, gone: undefined, call: () => 1 };
    const executor: Executor = {
      ...new Lamp().executor('C'),
      apply: () => Promise.resolve({ changed: true, evidence: strange as never }),
    };
    const deps = { now: Date.now, startTimer, highestEpoch: 1, startedBefore: false, mayWrite: () => true };
    const outcome = outcomeSchema.parse(await runCommand(executor, command(), deps));
    expect(JSON.stringify(outcome)).toContain('omitted: too deep');
    expect(JSON.stringify(outcome).length).toBeLessThan(3_000);
    const huge: Executor = {
      ...executor,
      apply: () =>
        Promise.resolve({ changed: true, evidence: { rows: Array.from({ length: 50 }, () => 'x'.repeat(1_000)) } }),
    };
    expect(await runCommand(huge, command(), deps)).toMatchObject({ evidence: { omitted: 'too large' } });
  });
});

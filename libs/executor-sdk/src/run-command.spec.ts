import type { CommandData, Outcome } from '@causeway/contracts';
import { outcome as outcomeSchema } from '@causeway/contracts';
import type { CapabilityClass, ChangeRequest, Executor, LookUp } from './executor';
import { NotApplied } from './not-applied';
import { runCommand, type RunDeps } from './run-command';

/** A target with one switch and a journal of every call, and faults put in by hand. */
class Lamp {
  on = false;
  switchedBy: string | null = null;
  readonly journal: string[] = [];
  readonly faults: { lookUp?: () => void; before?: () => void; after?: () => void; hangs?: boolean; blind?: boolean } =
    {};
  state: LookUp['state'] | null = null;

  executor(capability: CapabilityClass): Executor {
    return {
      kind: 'lamp',
      version: '1.0.0',
      history: 'ordered-ids',
      changes: { 'light@v1': { capability, checksEpoch: false } },
      lookUp: async (request) => this.look(request),
      apply: async (request) => this.write(request, true),
      revert: async (request) => this.write(request, false),
    };
  }

  private look({ attemptId }: ChangeRequest): LookUp {
    this.journal.push('look');
    this.faults.lookUp?.();
    const state = this.state ?? (this.on ? 'in-effect' : 'absent');
    const byThisAttempt = this.faults.blind ? null : this.switchedBy === attemptId;
    return { state, byThisAttempt, evidence: { on: this.on } };
  }

  private async write({ attemptId, signal }: ChangeRequest, on: boolean) {
    this.journal.push(`write ${String(on)} ${attemptId}`);
    this.faults.before?.();
    if (this.faults.hangs)
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    this.on = on;
    this.switchedBy = attemptId;
    this.faults.after?.();
    return { changed: true, evidence: { on } };
  }

  get writes(): string[] {
    return this.journal.filter((call) => call.startsWith('write'));
  }
}

const SEQUENCE = '01890000-0000-7000-8000-000000000001';
const command = (more: Partial<CommandData> = {}): CommandData => ({
  sequenceId: SEQUENCE,
  step: 'light',
  attempt: 1,
  epoch: 1,
  verb: 'apply',
  target: 'hall',
  change: 'light@v1',
  with: {},
  scopes: [{ scope: 'global', members: ['lamp'] }],
  planDigest: '0'.repeat(64),
  deadlineMs: 200,
  ...more,
});

const startTimer = (ms: number, callback: () => void) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

async function run(
  lamp: Lamp,
  capability: CapabilityClass,
  more: Partial<CommandData> = {},
  deps: Partial<RunDeps> = {},
) {
  const now = () => Date.parse('2026-01-31T12:00:00.000Z');
  const outcome = await runCommand(lamp.executor(capability), command(more), {
    now,
    startTimer,
    highestEpoch: 1,
    startedBefore: false,
    ...deps,
  });
  expect(outcomeSchema.parse(outcome)).toEqual(outcome);
  return outcome;
}

const lost = () => {
  throw new Error('socket hang up');
};
const refuses =
  (retriable = false) =>
  () => {
    throw new NotApplied({ code: 'no-lamp', message: 'there is no lamp', remedy: 'hang one up', retriable });
  };
const kindOf = ({ kind }: Outcome) => kind;

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
    });
    expect(outcome).toMatchObject({ kind: 'not-applied', code: 'look-up-failed', retriable: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(lamp.writes).toEqual([]);
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

  it('absent: written under the same attempt id', async () => {
    const lamp = new Lamp();
    expect(await run(lamp, 'A', {}, after)).toMatchObject({ kind: 'applied', changed: true });
    expect(lamp.writes).toEqual([`write true ${SEQUENCE}/light/1`]);
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
    const deps = { now: Date.now, startTimer, highestEpoch: 1, startedBefore: false };
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

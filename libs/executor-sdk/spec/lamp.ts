import { outcome as outcomeSchema, type CommandData, type Outcome } from '@causeway/contracts';
import {
  NotApplied,
  runCommand,
  type CapabilityClass,
  type ChangeRequest,
  type Executor,
  type LookUp,
  type RunDeps,
} from '../src/index';

/** A target with one switch and a journal of every call, and faults put in by hand. */
export class Lamp {
  on = false;
  switchedBy: string | null = null;
  readonly journal: string[] = [];
  readonly faults: {
    lookUp?: () => void;
    before?: () => void;
    after?: () => void;
    later?: () => Promise<void>;
    hangs?: boolean;
    blind?: boolean;
  } = {};
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
    await this.faults.later?.();
    return { changed: true, evidence: { on } };
  }

  get writes(): string[] {
    return this.journal.filter((call) => call.startsWith('write'));
  }
}

export const SEQUENCE = '01890000-0000-7000-8000-000000000001';
export const command = (more: Partial<CommandData> = {}): CommandData => ({
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

export const startTimer = (ms: number, callback: () => void) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

export async function run(
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
    mayWrite: () => true,
    ...deps,
  });
  expect(outcomeSchema.parse(outcome)).toEqual(outcome);
  return outcome;
}

export const lost = () => {
  throw new Error('socket hang up');
};
export const refuses =
  (retriable = false) =>
  () => {
    throw new NotApplied({ code: 'no-lamp', message: 'there is no lamp', remedy: 'hang one up', retriable });
  };
export const kindOf = ({ kind }: Outcome) => kind;

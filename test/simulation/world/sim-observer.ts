import type { Json, Observer, SeenMutation, Sweep } from '@causeway/executor-sdk';
import { callOut, type Ground } from '../ports';
import type { SimProcess } from '../process';
import { EPOCH_MS } from '../time/timers';
import type { WriteEntry } from './journal';
import { changeOf } from './sim-executor';
import type { SimTarget } from './sim-target';

const instantOf = (ms: number): string => new Date(EPOCH_MS + Math.floor(ms)).toISOString();

/** Follows what a simulated target has recorded of its changes: an audit log with ids in order. */
export class SimObserver implements Observer {
  readonly everyMs = 1_000;

  constructor(
    private readonly target: SimTarget,
    private readonly ground: Ground,
    private readonly process: SimProcess,
  ) {}

  begin(): Promise<Json> {
    return this.read('begin', () => {
      this.target.observedFrom = this.target.history.length;
      return this.target.history.length;
    });
  }

  sweep(cursor: Json): Promise<Sweep> {
    return this.read('sweep', () => ({
      mutations: this.target.history.slice(cursor as number).map((entry, i) => seenOf(entry, (cursor as number) + i)),
      cursor: this.target.history.length,
      gap: null,
    }));
  }

  private read<T>(kind: string, act: () => T): Promise<T> {
    const { faults, dice } = this.ground;
    const isUnreachable = faults.strikes('look-unreachable');
    const outgoing = { process: this.process, kind, of: this.target.name };
    return callOut(this.ground, outgoing, dice.between(2, 60), ({ twin }) => {
      if (isUnreachable || twin) throw new Error('socket hang up');
      return act();
    });
  }
}

function seenOf({ at, resource, value, attemptId, capability, before }: WriteEntry, nr: number): SeenMutation {
  const isOurs = attemptId !== null;
  return {
    ...{ resource: `settings/${resource}`, change: changeOf(capability), with: { resource, value }, effect: 'set' },
    ...{ scopes: null, channel: { client: null, token: null, address: null } },
    actor: isOurs ? { kind: 'service', name: 'causeway' } : { kind: 'user', name: 'somebody' },
    before: before === null ? { kind: 'unknown' } : { kind: 'known', value: before },
    after: { kind: 'known', value },
    by: isOurs ? { kind: 'executor', attemptId } : { kind: 'other' },
    source: { id: String(nr), detail: {} },
    happened: { kind: 'at', at: instantOf(at) },
  };
}

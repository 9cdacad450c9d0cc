import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@causeway/lab';
import { openDatabase, type Database } from '@causeway/persistence';
import type { Executor, LookUp } from '@causeway/executor-sdk';
import { fallSilent, openShare, receivedCommand } from '../spec/claims-ground';
import type { Lease } from './lease';
import { executorMigrations } from './migrations';
import { Worker, type Answered } from './worker';

jest.setTimeout(90_000);

let database: Database;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-claims-'));
  closers.push(async () => rmSync(dir, { recursive: true, force: true }));
  const postgres = await startPostgres({ dir, say: () => undefined, durable: false });
  closers.push(() => postgres.stop());
  database = await openDatabase({ url: postgres.url, schema: 'claims', migrations: executorMigrations });
  closers.push(() => database.close());
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

/** Looks as told and writes down what it writes. */
function folder(lookUp: Executor['lookUp']): { executor: Executor; written: string[] } {
  const written: string[] = [];
  const apply: Executor['apply'] = ({ attemptId }) => {
    written.push(attemptId);
    return Promise.resolve({ changed: true, evidence: {} });
  };
  const changes = { 'put@v1': { capability: 'C' as const, checksEpoch: false } };
  const told = { kind: 'folder', version: '1.0.0', history: 'snapshot-only' as const, changes };
  return { executor: { ...told, lookUp, apply, revert: apply }, written };
}
const ABSENT: LookUp = { state: 'absent', byThisAttempt: null, evidence: {} };

const workerOf = (executor: Executor, lease: Lease, onAnswer: (answered: Answered) => void): Worker =>
  new Worker({
    ...{ executor, serialBy: 'sequence', concurrency: 4, now: Date.now, onAnswer },
    startTimer: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    mayStart: () => lease.isValid(),
    mayWrite: ({ holder }) => lease.stands(holder),
  });

describe('a process that slept in the middle of its look', () => {
  async function sleepsWhileItLooks(meanwhile: (own: Lease) => Promise<unknown>) {
    const { lease, claims } = openShare(database);
    await lease.register();
    const taken = await claims.take(lease.holder, [receivedCommand()]);
    const { executor, written } = folder(async () => {
      await meanwhile(lease);
      return ABSENT;
    });
    const { outcome } = await new Promise<Answered>((resolve) => workerOf(executor, lease, resolve).add(taken));
    return { outcome, written };
  }

  it('does not write when another has its claim by now, though it has a lease again under another name', async () => {
    const other = openShare(database);
    await other.lease.register();
    const { outcome, written } = await sleepsWhileItLooks(async (own) => {
      await fallSilent(database, own.holder);
      await other.lease.declareLost();
      expect(await other.claims.takeOver(other.lease.holder, 10)).toHaveLength(1);
      expect(await own.renew()).toBe(false);
      expect(own.isValid()).toBe(true);
    });
    expect(outcome).toMatchObject({ kind: 'not-applied', code: 'lease-over', retriable: true });
    expect(written).toEqual([]);
  });

  it('writes when its lease was kept', async () => {
    const { outcome, written } = await sleepsWhileItLooks((own) => own.renew());
    expect(outcome).toMatchObject({ kind: 'applied', changed: true });
    expect(written).toHaveLength(1);
  });
});

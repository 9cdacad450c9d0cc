import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '@causeway/lab';
import { createOutboxStore, openDatabase, type Database } from '@causeway/persistence';
import type { Executor, LookUp } from '@causeway/executor-sdk';
import { generateKeys, loadSigner, newEventId, type Signer } from '@causeway/signing';
import { fallSilent, openShare, receivedCommand } from '../spec/claims-ground';
import type { ClaimStore } from './claim-store';
import { Hosting } from './hosting';
import type { Lease } from './lease';
import { executorMigrations } from './migrations';
import { ResultWriter } from './result-writer';
import { Worker, type Answered } from './worker';

jest.setTimeout(90_000);

let database: Database;
let signer: Signer;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-claims-'));
  closers.push(async () => rmSync(dir, { recursive: true, force: true }));
  signer = loadSigner(generateKeys(dir, ['executor-folder']).keyFile('executor-folder'));
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

function hostingOf(lease: Lease, claims: ClaimStore, executor: Executor): Hosting {
  const results: ResultWriter = new ResultWriter({
    ...{ database, claims, outbox: createOutboxStore(database), enqueue: () => undefined },
    sealing: { signer, now: Date.now, newId: newEventId },
    onSettled: ({ claim }, written) => hosting.settled(claim, written),
    ...{ onFailure: () => undefined, onFatal: () => undefined },
  });
  const worker = workerOf(executor, lease, (answered) => results.add(answered));
  const log = { info: () => undefined, warn: () => undefined };
  const hosting = new Hosting({ claims, lease, worker, results, log, onLeaseLost: () => Promise.resolve() });
  return hosting;
}

describe('more claims than memory holds', () => {
  const AT_ONCE = 500;

  it('stay in the table, however long none is answered', async () => {
    const { lease, claims } = openShare(database);
    const asked: ((seen: LookUp) => void)[] = [];
    const { executor } = folder(() => new Promise((resolve) => asked.push(resolve)));
    const hosting = hostingOf(lease, claims, executor);
    await hosting.start();
    for (let taken = 0; taken < 6_000; taken += AT_ONCE)
      await hosting.take(Array.from({ length: AT_ONCE }, receivedCommand));
    expect(await renewals(lease, 3)).toBe(3);
    expect(hosting.inMemory()).toBeLessThanOrEqual(5_000);
    expect(hosting.inMemory()).toBeGreaterThan(4_000);
    const stopped = hosting.stop();
    asked.forEach((answer) => answer({ ...ABSENT, state: 'in-effect' }));
    await stopped;
  });

  /** Each is one of its ticks. */
  async function renewals({ holder }: Lease, wanted: number): Promise<number> {
    const until = async (): Promise<string> => {
      const [row] = await database.query<{ until: string }>(
        'select expires_at::text as until from workers where holder = $1',
        [holder],
      );
      return row?.until ?? '';
    };
    for (let seen = 0, last = await until(); ;) {
      if (seen === wanted) return seen;
      await sleep(20);
      const now = await until();
      if (now !== last) seen++;
      last = now;
    }
  }
});

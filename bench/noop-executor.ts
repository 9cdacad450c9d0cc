import type { Executor } from '@causeway/executor-sdk';
import { runExecutor } from '@causeway/executor-host';
import { z } from 'zod';

/** Milliseconds on the clock that all processes of one machine share. */
const stamp = (): number => performance.timeOrigin + performance.now();

/** The workload's executor: its apply does nothing, and says when it began. */
const executor: Executor = {
  kind: 'noop',
  version: '1.0.0',
  history: 'ordered-ids',
  changes: { 'set@v1': { capability: 'C', checksEpoch: false } },
  lookUp: async () => ({ state: 'absent', byThisAttempt: null, evidence: {} }),
  apply: async () => ({ changed: true, evidence: { startedMs: stamp() } }),
  revert: async () => ({ changed: true, evidence: {} }),
};

void runExecutor({
  name: 'noop',
  environment: z.object({}),
  createExecutor: () => executor,
  serialBy: 'sequence',
  concurrency: 512,
});

import { readFileSync } from 'node:fs';
import type { CapabilityClass } from '@causeway/executor-sdk';
import type { RegionName, TargetName } from './plan';

/**
 * What the world itself wrote down, one line a write that reached it: the truth of the checker. Times are Unix milliseconds of the
 * world's own clock.
 */
export interface WorldWrite {
  readonly at: number;
  readonly target: TargetName;
  readonly capability: CapabilityClass;
  readonly resource: string;
  readonly value: string;
  /** `<sequence id>/<step>/<attempt>`, as the executor sent it. */
  readonly attemptId: string;
  /** Process that sent it. */
  readonly by: string;
  /** False: the world refused it (an old version) or knew it already (the idempotency key). */
  readonly effect: boolean;
  /** When users of each region begin to see it; only with an effect. */
  readonly effectiveAt: Readonly<Partial<Record<RegionName, number>>>;
  /** What the world did to its answer. */
  readonly answer: 'sent' | 'lost';
}

export const readJournal = (file: string): WorldWrite[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as WorldWrite);

/** `<sequence id>/<step>`. */
export const stepOf = ({ attemptId }: WorldWrite): string => attemptId.slice(0, attemptId.lastIndexOf('/'));

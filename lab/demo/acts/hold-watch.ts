import { setTimeout as sleep } from 'node:timers/promises';
import type { SequenceView } from '@causeway/console-api';
import type { World } from '../../governed/world';
import { askJson } from '../ask';
import type { ActFacts } from './act';

const LOOK_EVERY_MS = 700;

interface Seen {
  readonly step: string;
  readonly scope: string | null;
  readonly member: string | null;
  readonly since: string;
  until: string | null;
}

/** Keeps asking a sequence which of its gates are held, and for which members, as somebody on call would. */
export interface HoldWatch {
  stop(): Promise<ActFacts['holds']>;
}

export function watchHolds(world: World, run: string): HoldWatch {
  const seen = new Map<string, Seen>();
  const ending = new AbortController();
  const loop = watch(world, run, seen, ending.signal);
  return {
    async stop() {
      ending.abort();
      await loop;
      const steps = [...new Set([...seen.values()].map(({ step }) => step))];
      return steps.map((step) => ({
        step,
        reasons: [...seen.values()].filter((one) => one.step === step).map(({ step: _step, ...reason }) => reason),
      }));
    },
  };
}

async function watch(world: World, run: string, seen: Map<string, Seen>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // Not there yet at the beginning: that is no hold.
    const view = await askJson<SequenceView>(world, 'status', run).catch(() => null);
    if (view?.holds) note(view, seen);
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

function note({ holds }: SequenceView, seen: Map<string, Seen>): void {
  const now = new Set<string>();
  for (const { gate, scope, member, since } of holds) {
    const key = `${gate}/${scope}/${member}/${since}`;
    now.add(key);
    if (!seen.has(key)) seen.set(key, { step: gate ?? 'the end', scope, member, since, until: null });
  }
  for (const [key, one] of seen) if (!now.has(key)) one.until ??= new Date().toISOString();
}

import { exitCodeOf, follow } from '../follow';
import { durationOf } from './duration-flag';
import type { Session } from '../session';
import { sequenceIdFrom } from './sequence-ref';

export interface WatchFlags {
  readonly timeout?: string;
}

/** Everything so far, then live, to the end. */
export async function watch(session: Session, ref: string, flags: WatchFlags): Promise<number> {
  const { io, settings } = session;
  const forMachines = settings.output !== 'table';
  const view = await follow(session, sequenceIdFrom(ref), {
    timeoutMs: flags.timeout === undefined ? null : durationOf(flags.timeout, '--timeout'),
    tell: forMachines ? () => undefined : io.out,
    onEntry: settings.output === 'jsonl' ? (entry) => io.out(JSON.stringify(entry)) : undefined,
  });
  if (settings.output === 'json' || settings.output === 'yaml') session.answer(view, () => '');
  return exitCodeOf(view);
}

import type { SequenceView } from '@causeway/console-api';
import { isOver } from '@causeway/console-api';
import { EXIT } from '../exit-codes';
import { exitCodeOf, follow } from '../follow';
import { shown } from '../format/shown';
import { holdsText, statusWord } from '../format/status';
import { ageText } from '../format/words';
import type { Session } from '../session';
import { durationOf } from './duration-flag';
import { keyed } from './keyed';
import { readPlan } from './plan-input';
import { defaultKey, submit } from './submit';

export interface ApplyFlags {
  readonly key?: string;
  readonly wait?: boolean;
  readonly timeout: string;
}

/** Submits a plan to be carried out; with `--wait` follows it to its end. */
export async function apply(session: Session, path: string, flags: ApplyFlags): Promise<number> {
  const { io, settings } = session;
  const timeoutMs = durationOf(flags.timeout, '--timeout');
  const plan = readPlan(path);
  const key = flags.key ?? defaultKey(plan, io.now());
  const submitted = await keyed(io, key, () => submit(session, plan, 'apply', key));
  const tell = settings.output === 'table' ? io.out : io.say;
  if (!flags.wait) {
    session.answer(submitted, ({ sequenceId }) => `sequence  ${sequenceId}\nkey       ${key}`);
    io.say(`follow it with: causeway watch ${submitted.sequenceId}`);
    return EXIT.done;
  }
  tell(`sequence  ${submitted.sequenceId}`);
  tell(`key       ${key}`);
  const before = await session.client.get<SequenceView>(`/v1/sequences/${submitted.sequenceId}`);
  if (isOver(before.status))
    tell(`this key named that sequence before: it is ${before.status}, and nothing is applied again`);
  const onEntry = settings.output === 'jsonl' ? (entry: unknown) => io.out(JSON.stringify(entry)) : undefined;
  const view = await follow(session, submitted.sequenceId, { timeoutMs, tell, onEntry });
  if (settings.output === 'json' || settings.output === 'yaml') session.answer(view, () => '');
  return conclude(session, shown(view), timeoutMs, tell);
}

function conclude(session: Session, view: SequenceView, timeoutMs: number, tell: (line: string) => void): number {
  const { io, paint } = session;
  if (isOver(view.status)) {
    tell(statusWord(view.status, paint));
    if (view.status !== 'completed') io.say(`why: causeway explain ${view.id}`);
    return exitCodeOf(view);
  }
  if (view.holds.length > 0) tell(holdsText(view.holds, io.now(), paint));
  io.say(`still ${view.status} after ${ageText(timeoutMs)}; the sequence goes on in the server`);
  io.say(`follow it with: causeway watch ${view.id}`);
  return EXIT.waiting;
}

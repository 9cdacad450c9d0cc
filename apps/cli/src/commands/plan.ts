import { isOver } from '@causeway/console-api';
import { CliFailure, EXIT } from '../exit-codes';
import { follow } from '../follow';
import { previewText } from '../format/preview';
import { statusText } from '../format/status';
import type { Session } from '../session';
import { durationOf } from './duration-flag';
import { readPlan } from './plan-input';
import { defaultKey, submit } from './submit';

export interface PlanFlags {
  readonly detailedExitcode?: boolean;
  readonly timeout: string;
}

/** Asks every executor what is there now. Nothing is changed. */
export async function plan(session: Session, path: string, flags: PlanFlags): Promise<number> {
  const { io, paint } = session;
  const timeoutMs = durationOf(flags.timeout, '--timeout');
  const input = readPlan(path);
  const { sequenceId } = await submit(
    session,
    input,
    'preview',
    `preview-${defaultKey(input, io.now())}`.slice(0, 200),
  );
  const view = await follow(session, sequenceId, { timeoutMs, tell: () => undefined });
  if (view.status === 'rejected') {
    session.answer(view, (shown) => statusText(shown, io.now(), paint));
    return EXIT.badInput;
  }
  session.answer(view, previewText);
  if (!isOver(view.status)) {
    throw new CliFailure(
      EXIT.waiting,
      'not every executor has answered in time',
      `ask again: causeway status ${sequenceId}`,
    );
  }
  const wouldChange = view.steps.some(({ found }) => found !== 'already-so');
  return flags.detailedExitcode && wouldChange ? EXIT.changes : EXIT.done;
}

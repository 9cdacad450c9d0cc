import { EXIT } from '../exit-codes';
import type { Session } from '../session';
import { readPlan } from './plan-input';

export function validate(session: Session, files: readonly string[], _flags: { targets?: string }): number {
  for (const file of files) readPlan(file);
  session.answer({ files }, () => files.map((file) => `${file}: ok`).join('\n'));
  return EXIT.done;
}

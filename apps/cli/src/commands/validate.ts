import { readTargets, validateFile, type Validation } from '@causeway/plan-file';
import { CliFailure, EXIT } from '../exit-codes';
import type { Session } from '../session';

export interface ValidateFlags {
  readonly targets?: string;
}

/** Checks files without any network; with `--targets` also against what the targets declare. */
export function validate(session: Session, files: readonly string[], flags: ValidateFlags): number {
  const targets = flags.targets === undefined ? null : targetsIn(flags.targets);
  const checked = files.map((file) => validateFile(file, targets));
  const problems = checked.flatMap((one) => one.problems);
  const ok = checked.every((one) => one.ok);
  session.answer({ ok, problems }, () => textOf(checked, session), problems);
  return ok ? EXIT.done : EXIT.badInput;
}

function textOf(checked: readonly Validation[], { paint }: Session): string {
  const lines = checked.map(({ ok, text }) => (ok ? paint.good(text) : text));
  const bad = checked.flatMap(({ problems }) => problems).length;
  return bad === 0 ? lines.join('\n') : `${lines.join('\n')}\n\n${paint.bad(`${bad} problem(s)`)}`;
}

function targetsIn(dir: string): ReturnType<typeof readTargets> {
  try {
    return readTargets(dir);
  } catch (error) {
    throw new CliFailure(EXIT.badInput, (error as Error).message);
  }
}

import { CliFailure, EXIT } from '../exit-codes';
import { verdictText } from '../format/verdict';
import type { Session } from '../session';
import { verifyFile } from '../verify/verify-file';

export interface VerifyFlags {
  readonly key?: string;
}

/** Offline: opens nothing but the file. */
export function verify(session: Session, path: string, flags: VerifyFlags): number {
  const verdict = verdictOf(path, flags.key);
  session.answer(verdict, (shown) => verdictText(path, shown, flags.key !== undefined, session.paint));
  return verdict.ok ? EXIT.done : EXIT.broken;
}

function verdictOf(path: string, key: string | undefined): ReturnType<typeof verifyFile> {
  try {
    return verifyFile(path, key);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CliFailure(EXIT.badInput, `cannot read ${path}: ${message}`);
  }
}

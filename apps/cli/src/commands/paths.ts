import type { EffectiveAnswer, ExposureAnswer, LackingAnswer, PathAnswer, PathDiffAnswer } from '@causeway/console-api';
import { EXIT } from '../exit-codes';
import { diffText, effectiveText, exposureText, lackingText, pathText } from '../format/paths';
import type { Session } from '../session';
import { writeProofs, type ProofFlags } from './proofs';
import { runFrom } from './run-ref';
import { momentOf } from './time-flag';

export interface RunFlags extends ProofFlags {
  readonly run?: string;
}

/** In which order steps became effective in a scope. */
export async function path(session: Session, scope: string, flags: RunFlags): Promise<number> {
  const answer = await ask<PathAnswer>(session, flags.run, `paths/${encodeURIComponent(scope)}`);
  session.answer(answer, pathText, answer.steps);
  await writeProofs(session, answer, flags);
  return EXIT.done;
}

/** Exit codes: 0 the same way; 1 they differ. */
export async function pathDiff(session: Session, left: string, right: string, flags: RunFlags): Promise<number> {
  const scopes = [left, right].map(encodeURIComponent);
  const answer = await ask<PathDiffAnswer>(session, flags.run, `paths/${scopes[0]}/diff/${scopes[1]}`);
  session.answer(answer, diffText);
  await writeProofs(session, answer, flags);
  return answer.differences.length === 0 ? EXIT.done : EXIT.failed;
}

export async function exposure(session: Session, run: string | undefined, flags: ProofFlags): Promise<number> {
  const answer = await ask<ExposureAnswer>(session, run, 'exposure');
  session.answer(answer, exposureText, answer.windows);
  await writeProofs(session, answer, flags);
  return EXIT.done;
}

export interface EffectiveFlags extends RunFlags {
  readonly at?: string;
}

export async function effective(session: Session, scope: string, flags: EffectiveFlags): Promise<number> {
  const query = new URLSearchParams({ scope, ...(flags.at && { at: momentOf(flags.at, '--at', session.io.now()) }) });
  const answer = await ask<EffectiveAnswer>(session, flags.run, `effective?${query}`);
  session.answer(answer, effectiveText, answer.steps);
  await writeProofs(session, answer, flags);
  return EXIT.done;
}

/** Exit codes: 0 all members show it; 3 some do not. */
export async function lacking(session: Session, run: string, step: string, flags: ProofFlags): Promise<number> {
  const answer = await ask<LackingAnswer>(session, run, `steps/${encodeURIComponent(step)}/lacking`);
  session.answer(answer, lackingText, answer.lacking);
  await writeProofs(session, answer, flags);
  return answer.lacking.length === 0 ? EXIT.done : EXIT.waiting;
}

async function ask<T>(session: Session, run: string | undefined, question: string): Promise<T> {
  return session.client.get<T>(`/v1/sequences/${await runFrom(session, run)}/${question}`);
}

import { limits, type Problem } from '@causeway/contracts';
import { cut } from '../cut';

/** Most problems that one answer names. More would help nobody, and finding them costs time that an attacker can choose. */
const MOST_PROBLEMS = 100;
/** Characters of one answer: with everything spelled in three bytes it still fits the record that carries it. */
const MOST_CHARACTERS = 60_000;
const LONGEST_HINT = 1_000;
const LONGEST_POINTER = 400;

/**
 * The first problems of a check, cut to what a record can carry: a plan that is refused is itself recorded, so nothing in a
 * plan may make its refusal too large to write down. Stops asking for more once it has enough.
 */
export function bounded(found: Iterable<Problem>): Problem[] {
  const problems: Problem[] = [];
  let left = MOST_CHARACTERS;
  for (const problem of found) {
    const cut = shortened(problem);
    left -= JSON.stringify(cut).length;
    if (left < 0 && problems.length > 0) break;
    problems.push(cut);
    if (problems.length === MOST_PROBLEMS) break;
  }
  return problems;
}

const shortened = ({ code, pointer, message, hint }: Problem): Problem => ({
  code,
  pointer: pointerWithin(pointer),
  message: cut(message, limits.text),
  ...(hint === undefined ? {} : { hint: cut(hint, LONGEST_HINT) }),
});

/** A pointer that is too long points at what is around the place. */
function pointerWithin(pointer: string): string {
  if (pointer.length <= LONGEST_POINTER) return pointer;
  return pointer.slice(0, Math.max(0, pointer.lastIndexOf('/', LONGEST_POINTER)));
}

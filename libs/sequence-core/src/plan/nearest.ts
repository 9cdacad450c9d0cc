/**
 * Optimal string alignment distance (Damerau-Levenshtein without repeated edits): insertions, deletions, substitutions and
 * swaps of neighbours, each 1.
 * @param most distances above it are not told apart: the answer is then some number above it
 */
export function editDistance(a: string, b: string, most: number = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > most) return Math.abs(a.length - b.length);
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = nextRow(a, b, i, last, beforeLast);
    if (Math.min(...row) > most && Math.min(...last) > most) return most + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** Costs of making the first i letters of a into each beginning of b, from those of fewer letters. */
function nextRow(a: string, b: string, i: number, last: readonly number[], beforeLast: readonly number[]): number[] {
  const row = [i];
  for (let j = 1; j <= b.length; j++) {
    const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1;
    let best = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, (last[j - 1] as number) + same);
    const swapped =
      i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
    if (swapped) best = Math.min(best, (beforeLast[j - 2] as number) + 1);
    row.push(best);
  }
  return row;
}

/** Longest word that is compared at all: a name has at most 63 characters. */
const LONGEST = 80;
/** Most known words that one word is compared with. */
const MOST_COMPARED = 300;

/** The known word that was most likely meant: at most a third of its letters differ. Null when none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > LONGEST) return null;
  const lower = word.toLowerCase();
  let best: { readonly word: string; readonly distance: number } | null = null;
  for (const candidate of known.slice(0, MOST_COMPARED)) {
    const longer = Math.max(word.length, candidate.length);
    const allowed = Math.min(longer - 1, Math.max(1, Math.floor(longer / 3)));
    const most = best ? Math.min(allowed, best.distance - 1) : allowed;
    const distance = editDistance(lower, candidate.toLowerCase(), most);
    if (distance <= most) best = { word: candidate, distance };
  }
  return best?.word ?? null;
}

/** Most names that a hint lists. */
const MOST_NAMES = 12;

/** `Did you mean "edge"?`, or the names there are. */
export function hintFor(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  if (meant !== null) return `Did you mean "${meant}"?`;
  return known.length === 0 ? 'There is none to choose from.' : `Known: ${listed(known)}.`;
}

/** Names one after another; of many only the first. */
export function listed(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `${names.slice(0, MOST_NAMES).join(', ')}${more}`;
}

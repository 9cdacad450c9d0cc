import type { PlacedProblem } from './read-plan-file';

/** Widest piece of a source line that is shown, characters. */
const WIDEST = 140;

/**
 * Problems as people read them: `plan.yaml:12:7 unknown-target: there is no target "egde". Did you mean "edge"?`, then the
 * line with a mark under the place.
 */
export const formatProblems = (path: string, text: string, problems: readonly PlacedProblem[]): string => {
  const lines = text.split(/\r?\n/);
  return problems.map((problem) => `${headline(path, problem)}${excerpt(lines, problem)}`).join('\n');
};

const headline = (path: string, { line, column, code, message, hint }: PlacedProblem): string =>
  printable(`${path}:${line}:${column} ${code}: ${message}${hint ? `. ${hint}` : ''}`);

function excerpt(lines: readonly string[], { line, column }: PlacedProblem): string {
  const source = lines[line - 1];
  if (source === undefined || source.trim() === '') return '';
  const from = source.length > WIDEST ? Math.max(0, column - 1 - WIDEST / 2) : 0;
  const shown = printable(source.slice(from, from + WIDEST));
  const margin = `${String(line).padStart(5)} | `;
  return `\n${margin}${shown}\n${' '.repeat(margin.length)}${shown.slice(0, column - 1 - from).replace(/[^\t]/g, ' ')}^`;
}

/** What a stranger wrote must not move the reader's cursor, colour the reader's screen or look like a line of its own. A tab stays. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (one) => (one === '\t' ? one : '\uFFFD'));

import type { PlacedProblem } from './read-plan-file';

/** Longest source line that is shown whole. */
const WIDEST = 160;

/**
 * Problems as people read them: `plan.yaml:12:7 unknown-target: there is no target "egde". Did you mean "edge"?`, then the
 * line with a mark under the place.
 */
export const formatProblems = (path: string, text: string, problems: readonly PlacedProblem[]): string => {
  const lines = text.split(/\r?\n/);
  return problems.map((problem) => `${headline(path, problem)}${excerpt(lines, problem)}`).join('\n');
};

const headline = (path: string, { line, column, code, message, hint }: PlacedProblem): string =>
  `${path}:${line}:${column} ${code}: ${message}${hint ? `. ${hint}` : ''}`;

function excerpt(lines: readonly string[], { line, column }: PlacedProblem): string {
  const source = lines[line - 1];
  if (source === undefined || source.trim() === '' || source.length > WIDEST) return '';
  const margin = `${String(line).padStart(5)} | `;
  return `\n${margin}${source}\n${' '.repeat(margin.length)}${source.slice(0, column - 1).replace(/[^\t]/g, ' ')}^`;
}

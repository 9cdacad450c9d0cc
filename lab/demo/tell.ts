import picocolors from 'picocolors';

export const paint = { good: picocolors.green, bad: picocolors.red, dim: picocolors.dim, strong: picocolors.bold };

export const tell = (line: string): void => void process.stdout.write(`${line}\n`);

export const heading = (line: string): void => tell(`\n${paint.strong(line)}`);

/** One thing that must hold, as a line; gives back whether it did. */
export function mustHold(what: string, holds: boolean, detail = ''): boolean {
  tell(`${holds ? paint.good('  held  ') : paint.bad('  FAILED')} ${what}${detail ? paint.dim(`  ${detail}`) : ''}`);
  return holds;
}

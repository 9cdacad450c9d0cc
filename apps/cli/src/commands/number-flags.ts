import { CliFailure, EXIT } from '../exit-codes';

/** The highest `--limit`. */
export const MOST_ITEMS = 999_999;

/** Most items of a list. */
export const limitOf = (text: string): number => numberOf('--limit', text, MOST_ITEMS);

/** The attempt of a step that was looked at. */
export const attemptOf = (text: string): number => numberOf('--attempt', text, 1_000);

function numberOf(flag: string, text: string, most: number): number {
  if (/^[1-9][0-9]{0,5}$/.test(text) && Number(text) <= most) return Number(text);
  throw new CliFailure(EXIT.usage, `${flag} ${text}: must be a number from 1 to ${most}`);
}

import { CliFailure, EXIT } from '../exit-codes';

/** Most items of a list. */
export function limitOf(text: string): number {
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text);
  throw new CliFailure(EXIT.usage, `--limit ${text}: must be a number from 1 to 999999`);
}

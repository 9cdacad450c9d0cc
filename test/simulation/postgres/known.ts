import type { Ground } from '../ports';
import type { Row, Transaction } from './tables';

/** What a statement does to the tables and which rows it answers. Throws {@link Blocked} and unique violations like Postgres. */
export type Statement = (tx: Transaction, params: readonly unknown[], ground: Ground) => Row[];

export interface Known {
  /** Name of the statement, else how its text begins (lower case, white space as one space). */
  readonly is: string;
  readonly run: Statement;
}

/** A statement with the parameters that its store gives. */
export const model = <P extends readonly unknown[]>(
  is: string,
  run: (tx: Transaction, params: P, ground: Ground) => Row[],
): Known => ({ is, run: run as unknown as Statement });

/** An array parameter, whether as a list or as Postgres writes one (without anything escaped in it). */
export function listOf(param: unknown): string[] {
  if (Array.isArray(param)) return param as string[];
  const inner = (param as string).slice(1, -1);
  if (inner === '') return [];
  return inner.startsWith('"') ? inner.slice(1, -1).split('","') : inner.split(',');
}

export const numbersOf = (param: unknown): number[] => listOf(param).map(Number);

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

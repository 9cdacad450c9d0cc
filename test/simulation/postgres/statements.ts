import { EXECUTOR_STATEMENTS } from './executor-statements';
import type { Statement } from './known';
import { OBSERVING_STATEMENTS } from './observing-statements';
import { PROBER_STATEMENTS } from './prober-statements';
import { SEQUENCER_STATEMENTS } from './sequencer-statements';
import { SHARED_STATEMENTS } from './shared-statements';

const ALL = [
  ...[...SHARED_STATEMENTS, ...SEQUENCER_STATEMENTS, ...EXECUTOR_STATEMENTS, ...OBSERVING_STATEMENTS],
  ...PROBER_STATEMENTS,
];
const known = new Map<string, Statement>(ALL.map(({ is, run }) => [is, run]));

/** Throws for a statement that nobody has modelled: a store has changed, and its model has to change with it. */
export function statementFor(sql: string, name: string | undefined): Statement {
  const found = known.get(name ?? sql);
  if (found) return found;
  const text = sql.replace(/\s+/g, ' ').trim().toLowerCase();
  const modelled = ALL.find(({ is }) => text.startsWith(is))?.run;
  if (!modelled)
    throw new Error(`the simulated Postgres does not know ${name ?? text}: model it in test/simulation/postgres`);
  known.set(name ?? sql, modelled);
  return modelled;
}

/** What a statement is called here: its own name, else how its text begins. */
export const nameOf = (sql: string, name: string | undefined): string =>
  name ?? sql.replace(/\s+/g, ' ').trim().split(/[ (]/, 4).join(' ').toLowerCase();

import { query } from '../../database/create-database';
import type { UnleashLab } from './start';

/** From now on the clock that stamps Unleash's events (its database's) runs so many minutes ahead; below zero: behind. */
export const setEventClock = ({ databaseUrl }: UnleashLab, minutesAhead: number): Promise<void> =>
  query(
    databaseUrl,
    `alter table events alter column created_at set default now() + interval '${Math.trunc(minutesAhead)} minutes'`,
  );

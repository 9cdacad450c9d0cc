import { model, type Known } from './known';
import type { Row } from './tables';

const WATCH_FOR_MS = 24 * 3_600_000;

interface NewProbe {
  readonly probeId: string;
  readonly correlationId: string;
  readonly request: {
    readonly sequenceId: string;
    readonly step: string;
    readonly epoch: number;
    readonly attempt: number;
    readonly lookForMs: number;
  };
}
interface Noted {
  readonly probeId: string;
  readonly watchId: string;
  readonly round: number;
  readonly lookedUntil: number;
  readonly last: boolean;
}

const parsed = <T>(json: unknown): T => JSON.parse(json as string) as T;
const wanted = (ids: string[] | null, id: unknown): boolean => ids === null || ids.includes(id as string);

/** apps/readiness-prober/src/store. */
export const PROBER_STATEMENTS: readonly Known[] = [
  model<[json: string]>('probes-insert', (tx, [json], { time }) =>
    parsed<NewProbe[]>(json).flatMap(({ probeId, correlationId, request }) => {
      const { sequenceId, step, epoch, attempt, lookForMs } = request;
      const key = `${sequenceId}/${step}`;
      const there = tx.get('open_probe', key) as { epoch: number; attempt: number } | undefined;
      if (there && (there.epoch > epoch || (there.epoch === epoch && there.attempt > attempt))) return [];
      const row = { probeId, correlationId, request, rounds: 0, until: time.now + lookForMs, epoch, attempt };
      tx.put('open_probe', key, row);
      return [probeRow(row, time.now)];
    }),
  ),
  model<[ids: string[] | null]>('select probe_id, correlation_id, request, rounds,', (tx, [ids], { time }) =>
    tx
      .all('open_probe')
      .map(([, row]) => probeRow(row, time.now))
      .filter((row) => wanted(ids, row.probe_id)),
  ),
  model<[json: string]>('probes-note-rounds', (tx, [json]) => {
    const rounds = new Map(parsed<Noted[]>(json).map((one) => [one.probeId, one]));
    return tx.all('open_probe').flatMap(([key, row]) => {
      const noted = rounds.get(row.probeId as string);
      if (!noted) return [];
      if (noted.last) tx.remove('open_probe', key);
      else tx.put('open_probe', key, { ...row, rounds: noted.round });
      return [{ probe_id: row.probeId }];
    });
  }),
  model<[json: string]>('watches-insert', (tx, [json], { time }) => {
    for (const watch of parsed<{ watchId: string }[]>(json))
      tx.insert('open_watch', watch.watchId, {
        ...watch,
        ending: false,
        lookedUntil: null,
        until: time.now + WATCH_FOR_MS,
      });
    return [];
  }),
  model<[ids: string[]]>('watches-end', (tx, [ids]) => {
    for (const [key, row] of tx.all('open_watch'))
      if (wanted(ids, key)) tx.put('open_watch', key, { ...row, ending: true });
    return [];
  }),
  model<[ids: string[] | null]>(
    'select watch_id, correlation_id, request, ending, looked_until_ms::float8',
    (tx, [ids], { time }) =>
      tx
        .all('open_watch')
        .filter(([key]) => wanted(ids, key))
        .map(([, row]) => ({
          ...{ watch_id: row.watchId, correlation_id: row.correlationId, request: row.request, ending: row.ending },
          ...{ looked_until_ms: row.lookedUntil, remaining_ms: Math.max(0, (row.until as number) - time.now) },
        })),
  ),
  model<[json: string]>('watches-note', (tx, [json]) => {
    const said = new Map(parsed<Noted[]>(json).map((one) => [one.watchId, one]));
    return tx.all('open_watch').flatMap(([key, row]) => {
      const noted = said.get(key);
      if (!noted) return [];
      if (noted.last) tx.remove('open_watch', key);
      else tx.put('open_watch', key, { ...row, lookedUntil: noted.lookedUntil });
      return [{ watch_id: key }];
    });
  }),
];

const probeRow = (row: Row, now: number): Row => ({
  ...{ probe_id: row.probeId, correlation_id: row.correlationId, request: row.request, rounds: row.rounds },
  remaining_ms: Math.max(0, (row.until as number) - now),
});

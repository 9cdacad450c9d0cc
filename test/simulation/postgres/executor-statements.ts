import { listOf, model, numbersOf, type Known } from './known';
import { cutAt } from './shared-statements';
import type { Row, Transaction } from './tables';

const rowsOf = (tx: Transaction, table: string): Row[] => tx.all(table).map(([, row]) => row);
const byPlace = (a: Row, b: Row): number => Number(a.place) - Number(b.place);

type TakeParameters = [
  holder: string,
  commands: unknown,
  sequences: unknown,
  steps: unknown,
  attempts: unknown,
  verbs: unknown,
  instances: unknown,
  epochs: unknown,
  bytes: Buffer,
  starts: unknown,
  lengths: unknown,
];

/** libs/executor-host: claims and leases. Expiry goes by the database's clock, which here is virtual time itself. */
export const EXECUTOR_STATEMENTS: readonly Known[] = [
  model<TakeParameters>('claims-take', takeClaims),
  model<[places: unknown, holders: unknown]>('claims-finish', (tx, [places, holders]) => {
    const holder = listOf(holders);
    return listOf(places).flatMap((place, i) => {
      const row = tx.get('open_claims', place);
      if (!row || row.holder !== holder[i]) return [];
      tx.remove('open_claims', place);
      return [{ place }];
    });
  }),
  model<[places: string[]]>('claims-holders', (tx, [places]) =>
    places.flatMap((place) => {
      const row = tx.get('open_claims', place);
      return row ? [{ place, holder: row.holder }] : [];
    }),
  ),
  model<[holder: string, nobody: string, limit: number]>('claims-take-over', (tx, [holder, nobody, limit]) => {
    if (!isLeased(tx, holder)) return [];
    const lost = new Set(
      rowsOf(tx, 'workers').flatMap((row) => (row.lost && row.holder !== holder ? [row.holder] : [])),
    );
    const left = rowsOf(tx, 'open_claims').filter((row) => row.holder === nobody || lost.has(row.holder));
    return left
      .sort(byPlace)
      .slice(0, limit)
      .map((row) => {
        const interrupted = (row.interrupted as boolean) || row.holder !== nobody;
        tx.put('open_claims', row.place as string, { ...row, holder, interrupted });
        return {
          place: row.place,
          command: row.command,
          interrupted,
          epoch: epochOf(tx, row.sequenceId as string) ?? 1,
        };
      });
  }),
  model<[holder: string, known: string[], limit: number]>(
    'select place, command, interrupted, coalesce(epoch, 1) as epoch from open_claims',
    (tx, [holder, known, limit]) =>
      rowsOf(tx, 'open_claims')
        .filter((row) => row.holder === holder && !known.includes(row.place as string))
        .sort(byPlace)
        .slice(0, limit)
        .map(({ place, command, interrupted, sequenceId }) => ({
          ...{ place, command, interrupted },
          epoch: epochOf(tx, sequenceId as string) ?? 1,
        })),
  ),
  model<[holder: string, places: string[], nobody: string]>(
    'update open_claims set holder = $3 where holder = $1',
    (tx, [holder, places, nobody]) => {
      for (const row of rowsOf(tx, 'open_claims'))
        if (row.holder === holder && places.includes(row.place as string))
          tx.put('open_claims', row.place as string, { ...row, holder: nobody });
      return [];
    },
  ),
  model<[holder: string, leaseMs: number]>(
    'insert into workers(holder, expires_at)',
    (tx, [holder, leaseMs], { time }) => {
      tx.insert('workers', holder, { holder, expiresAt: time.now + leaseMs, lost: false });
      return [];
    },
  ),
  model<[holder: string, leaseMs: number]>('lease-renew', (tx, [holder, leaseMs], { time }) => {
    const row = tx.get('workers', holder);
    if (!row || row.lost) return [];
    tx.put('workers', holder, { ...row, expiresAt: time.now + leaseMs });
    return [{ holder }];
  }),
  model<[holder: string]>(`update workers set expires_at = '-infinity', lost = true`, (tx, [holder]) => {
    const row = tx.get('workers', holder);
    if (row) tx.put('workers', holder, { ...row, expiresAt: -Infinity, lost: true });
    return [];
  }),
  model<[mine: string]>('lease-declare-lost', (tx, [mine], { time }) => {
    for (const row of rowsOf(tx, 'workers'))
      if (!row.lost && (row.expiresAt as number) < time.now && row.holder !== mine)
        tx.put('workers', row.holder as string, { ...row, lost: true });
    return [];
  }),
  model<[]>('lease-forget', (tx) => {
    const held = new Set(rowsOf(tx, 'open_claims').map(({ holder }) => holder));
    for (const row of rowsOf(tx, 'workers'))
      if (row.lost && !held.has(row.holder)) tx.remove('workers', row.holder as string);
    return [];
  }),
];

const epochOf = (tx: Transaction, sequenceId: string): number | undefined =>
  tx.get('fences', sequenceId)?.epoch as number | undefined;

interface Taken {
  readonly sequenceId: string;
  readonly key: string;
  readonly epoch: number;
  readonly command: Buffer;
}

/** Whether a holder's lease stands: only then anything is taken under it. */
function isLeased(tx: Transaction, holder: string): boolean {
  const lease = tx.get('workers', holder);
  return lease !== undefined && !lease.lost;
}

function takeClaims(tx: Transaction, params: TakeParameters): Row[] {
  const [holder, commands, sequences] = params;
  if (!isLeased(tx, holder)) return [];
  const known = new Map(listOf(sequences).map((id) => [id, epochOf(tx, id) ?? null]));
  const input = takenOf(params);
  const taken = listOf(commands).flatMap((commandId, i) => {
    const { sequenceId, key, epoch, command } = input[i] as Taken;
    if (epoch > (epochOf(tx, sequenceId) ?? 0)) tx.put('fences', sequenceId, { epoch });
    if (!tx.insertIfAbsent('claims', key, {})) return [];
    const place = String(tx.tables.nextId('open_claims'));
    tx.insert('open_claims', place, { place, commandId, sequenceId, holder, interrupted: false, command });
    return [{ place, commandId, knownEpoch: known.get(sequenceId) ?? null }];
  });
  return taken.length > 0 ? taken : [{ place: null, commandId: null, knownEpoch: null }];
}

function takenOf(params: TakeParameters): Taken[] {
  const [, , sequences, steps, attempts, verbs, instances, epochs, bytes, starts, lengths] = params;
  const keys = [sequences, steps, attempts, verbs, instances].map(listOf);
  const epoch = numbersOf(epochs);
  const commands = cutAt(bytes, starts, lengths);
  return listOf(sequences).map((sequenceId, i) => ({
    sequenceId,
    key: keys.map((column) => column[i]).join('/'),
    epoch: epoch[i] as number,
    command: commands[i] as Buffer,
  }));
}
